import { err, ok, type Result } from '@ashlar/result'
import { type ServiceNameInvalid, serviceNameInvalid } from './registry-failure.ts'

const pattern = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/
const expected = 'up to 128 letters, digits, "-", "_" and ".", a letter or digit first and last'

/** Takes a text for a service's name, or says why it can be none. */
export function parseServiceName(service: string): Result<string, ServiceNameInvalid> {
  if (typeof service !== 'string') return err(serviceNameInvalid('', expected, typeof service))
  if (service.length > 128)
    return err(serviceNameInvalid(`${service.slice(0, 40)}…`, expected, `${service.length} characters`))
  // names stand in paths and keys: two dots in a row would climb up
  if (!pattern.test(service) || service.includes('..'))
    return err(serviceNameInvalid(service, expected, JSON.stringify(service)))
  return ok(service)
}
