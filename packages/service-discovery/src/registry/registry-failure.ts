import { type Failure, failure } from '@ashlar/result'

/** The registry gave no answer, or none that makes sense. */
export type RegistryUnavailable = Failure<
  'RegistryUnavailable',
  { registry: string; reason: string; cause?: unknown }
>

/** The registry refuses us: a token that is wrong, or has too few rights. */
export type RegistryDenied = Failure<'RegistryDenied', { registry: string; reason: string }>

/** The registry hides what we have no right to see, so that "no instances" can't be told from "none for us". */
export type RegistryFiltered = Failure<'RegistryFiltered', { registry: string; service: string }>

/** A service's name that no registry can have. */
export type ServiceNameInvalid = Failure<
  'ServiceNameInvalid',
  { service: string; expected: string; found: string }
>

/** A registration that no registry, or not this one, can have. */
export type RegistrationInvalid = Failure<
  'RegistrationInvalid',
  { service: string; field: string; expected: string; found: string }
>

/** Why a registry could not be asked. */
export type RegistryFailure = RegistryUnavailable | RegistryDenied | RegistryFiltered | ServiceNameInvalid

/** Why a registration failed. */
export type RegisterFailure = RegistryUnavailable | RegistryDenied | ServiceNameInvalid | RegistrationInvalid

/** Makes a {@link RegistryUnavailable}. */
export function registryUnavailable(registry: string, reason: string, cause?: unknown): RegistryUnavailable {
  const facts = cause === undefined ? { registry, reason } : { registry, reason, cause }
  return failure('RegistryUnavailable', `registry ${registry} is not available: ${reason}`, facts)
}

/** Makes a {@link RegistryDenied}. */
export function registryDenied(registry: string, reason: string): RegistryDenied {
  return failure('RegistryDenied', `registry ${registry} refuses us: ${reason}`, { registry, reason })
}

/** Makes a {@link RegistryFiltered}. */
export function registryFiltered(registry: string, service: string): RegistryFiltered {
  const message = `registry ${registry} shows no instance of "${service}", and hides some for lack of rights`
  return failure('RegistryFiltered', message, { registry, service })
}

/** Makes a {@link ServiceNameInvalid}; of a long name only the beginning is shown. */
export function serviceNameInvalid(service: string, expected: string, found: string): ServiceNameInvalid {
  const message = `service "${service}": expected ${expected}, found ${found}`
  return failure('ServiceNameInvalid', message, { service, expected, found })
}

/** Makes a {@link RegistrationInvalid}. */
export function registrationInvalid(
  service: string,
  field: string,
  expected: string,
  found: string,
): RegistrationInvalid {
  const message = `registration of "${service}": expected ${expected} as ${field}, found ${found}`
  return failure('RegistrationInvalid', message, { service, field, expected, found })
}
