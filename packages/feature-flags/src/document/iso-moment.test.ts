import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentOf } from './iso-moment.ts'

describe('momentOf', () => {
  it.each([
    ['2026-05-01', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01T09:00Z', '2026-05-01T09:00:00.000Z'],
    ['2026-05-01T09:00+09:00', '2026-05-01T00:00:00.000Z'],
    ['2026-05-01T09:00:30.5-00:30', '2026-05-01T09:30:30.500Z'],
    ['2026-05-01T09:00:30.123456789Z', '2026-05-01T09:00:30.123Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2026-12-31T23:59:59Z', '2026-12-31T23:59:59.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
  ])('reads %s as %s', (text, moment) => {
    expect(new Date(momentOf(text)).toISOString()).toBe(moment)
  })

  it.each([
    ...['', '1', '2026', '2026-05', 'May 2024', '2026-5-1', '20260501', ' 2026-05-01', '2026-05-01 '],
    ...['2026-02-29', '2026-02-30', '2026-04-31', '2026-00-01', '2026-13-01', '2026-01-00', '2026-01-32'],
    ...['1900-02-29', '2026-11-31T00:00Z', '2026-05-01T09:00', '2026-05-01T09:00:00', '2026-05-01Z'],
    ...['2026-05-01T24:00Z', '2026-05-01T09:60Z', '2026-05-01T09:00:60Z', '2026-05-01T09Z', '0026-05-01'],
    ...['2026-05-01T09:00:00,5Z', '2026-05-01T09:00:00.Z', '2026-05-01t09:00z', '2026-05-01 09:00Z'],
    ...['2026-05-01T09:00+0900', '2026-05-01T09:00+24:00', '2026-05-01T09:00+09:60', '2026-05-01\n'],
    ...['+002026-05-01', '2026-W18-5', '2026-121', '２０２６-05-01', 'Invalid Date', 'now'],
  ])('finds no moment in %j', (text) => {
    expect(momentOf(text)).toBeNaN()
  })

  it.each([[0], [1_700_000_000_000], [true], [null], [undefined], [{}], [['2026-05-01']], [10n]])(
    'finds no moment in %s, which is neither Date nor text',
    (value) => {
      expect(momentOf(value)).toBeNaN()
    },
  )

  it('reads what a Date writes, whatever the day', () => {
    const date = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (moment) => {
        const text = moment.toISOString()

        expect(momentOf(text)).toBe(moment.getTime())
        expect(momentOf(moment)).toBe(moment.getTime())
        expect(momentOf(text.slice(0, 10))).toBe(Math.floor(moment.getTime() / 86_400_000) * 86_400_000)
      }),
    )
  })

  it('knows the days of every month of 800 years', () => {
    const wrong: string[] = []

    for (let year = 1600; year < 2400; year++)
      for (let month = 1; month <= 12; month++)
        for (let day = 28; day <= 31; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}`
          const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
          if (Number.isNaN(momentOf(text)) === exists) wrong.push(text)
        }

    expect(wrong).toEqual([])
  })
})
