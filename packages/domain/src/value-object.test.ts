import { err, ok, type Result } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Money } from './money.ts'
import { InvalidValueObjectError } from './value-object/invalid-value-object-error.ts'
import { ValueObject } from './value-object.ts'

class Address extends ValueObject {
  static readonly components = ['street', 'city'] as const
  readonly street: string
  readonly city: string

  private constructor(street: string, city: string) {
    super()
    this.street = street
    this.city = city
  }

  static of(street: string, city: string): Result<Address, 'blank'> {
    return street === '' ? err('blank') : ok(Address.freeze(new Address(street, city)))
  }
}

/** Anything as its one component. */
class Box extends ValueObject {
  static readonly components = ['content'] as const
  readonly content: unknown
  readonly label = 'not compared'

  private constructor(content: unknown) {
    super()
    this.content = content
  }

  static of(content: unknown): Box {
    return Box.freeze(new Box(content))
  }
}

class Crate extends ValueObject {
  static readonly components = ['content'] as const
  readonly content: unknown

  private constructor(content: unknown) {
    super()
    this.content = content
  }

  static of(content: unknown): Crate {
    return Crate.freeze(new Crate(content))
  }
}

class Secret extends ValueObject {
  static readonly components = ['word'] as const
  readonly #word: string

  private constructor(word: string) {
    super()
    this.#word = word
  }

  get word(): string {
    return this.#word
  }

  static of(word: string): Secret {
    return Secret.freeze(new Secret(word))
  }
}

class Hexagon extends ValueObject {
  static readonly components = ['a', 'b', 'c', 'd', 'e', 'f'] as const
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number

  private constructor([a, b, c, d, e, f]: readonly [number, number, number, number, number, number]) {
    super()
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    this.e = e
    this.f = f
  }

  static of(...sides: readonly [number, number, number, number, number, number]): Hexagon {
    return Hexagon.freeze(new Hexagon(sides))
  }
}

const boxesAreEqual = (one: unknown, other: unknown): boolean => {
  const equal = Box.of(one).equals(Box.of(other))
  expect(Box.of(other).equals(Box.of(one))).toBe(equal)
  return equal
}

describe('ValueObject', () => {
  it('equals another instance with the same content', () => {
    const one = Address.of('12 Byron Row', 'London')._unsafeUnwrap()
    const other = Address.of('12 Byron Row', 'London')._unsafeUnwrap()
    const elsewhere = Address.of('12 Byron Row', 'Leeds')._unsafeUnwrap()

    expect([one.equals(one), one.equals(other), one.equals(elsewhere)]).toEqual([true, true, false])
  })

  it('does not equal another class of the same shape, a plain object, or nothing', () => {
    const box = Box.of(1)

    const pretender = { content: 1, constructor: Box }

    expect(
      [Crate.of(1), { content: 1 }, pretender, null, undefined, 'Box'].some((other) => box.equals(other)),
    ).toBe(false)
  })

  it('does not take a component of a subclass for one of its parent', () => {
    class Parent extends ValueObject {
      static readonly components: readonly string[] = ['a']
      readonly a: number = 1
    }
    class Child extends Parent {
      static override readonly components: readonly string[] = ['a', 'b']
      readonly b: number
      constructor(b: number) {
        super()
        this.b = b
        Object.freeze(this)
      }
    }
    const parents = [Object.freeze(new Parent()), Object.freeze(new Parent())] as const
    const parentsAreEqual = parents[0].equals(parents[1])

    const children = [new Child(1).equals(new Child(1)), new Child(1).equals(new Child(2))]

    expect([parentsAreEqual, ...children, parents[0].equals(new Child(1))]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('sees state in #private fields', () => {
    expect([Secret.of('a').equals(Secret.of('a')), Secret.of('a').equals(Secret.of('b'))]).toEqual([
      true,
      false,
    ])
  })

  it.each([0, 1, 2, 3, 4, 5] as const)('sees a difference in component %i of six', (index) => {
    const sides: [number, number, number, number, number, number] = [1, 2, 3, 4, 5, 6]
    const changed: typeof sides = [...sides]
    changed[index] = 0

    expect(Hexagon.of(...sides).equals(Hexagon.of(...sides))).toBe(true)
    expect(Hexagon.of(...sides).equals(Hexagon.of(...changed))).toBe(false)
  })

  it('is frozen', () => {
    const address = Address.of('12 Byron Row', 'London')._unsafeUnwrap()

    expect(() => Object.assign(address, { city: 'Leeds' })).toThrow(TypeError)
    expect(Object.isFrozen(address)).toBe(true)
  })

  it.each([1, 2, 3, 4, 5])('answers the same at comparison %i, whatever was noted before', (comparison) => {
    const [one, other, different, elsewhere] = [Box.of([1]), Box.of([1]), Box.of([2]), Crate.of([1])]
    const compare = () => [one.equals(other), other.equals(one), one.equals(different), one.equals(elsewhere)]

    for (let before = 1; before < comparison; before++) compare()

    expect(compare()).toEqual([true, true, false, false])
    expect([Box.of([1]).equals(one), one.equals(Box.of([1])), one.equals(Box.of([2]))]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('notes nothing of an instance that is not frozen, so that it never answers by what it was', () => {
    class Label extends ValueObject {
      static readonly components = ['text'] as const
      text: string
      constructor(text: string) {
        super()
        this.text = text
      }
      static of(text: string): Label {
        return Label.freeze(new Label(text))
      }
    }
    const [a, b, unfrozen] = [Label.of('a'), Label.of('b'), new Label('a')]
    for (const other of [a, b, a, b]) a.equals(other) || b.equals(other) || a.equals(unfrozen)
    const before = [1, 2, 3].map(() => unfrozen.equals(a))

    unfrozen.text = 'b'

    expect(before).toEqual([true, true, true])
    expect([unfrozen.equals(a), unfrozen.equals(b), a.equals(unfrozen), b.equals(unfrozen)]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })

  it('does not take a value of another class for its own when both have noted the same', () => {
    const [box, crate] = [Box.of(1), Crate.of(1)]
    const withTheirOwn = [1, 2, 3].flatMap(() => [box.equals(Box.of(1)), crate.equals(Crate.of(1))])

    expect(withTheirOwn).not.toContain(false)
    expect([box.equals(crate), crate.equals(box)]).toEqual([false, false])
  })

  it('never asks another class for its components', () => {
    class Nameless extends ValueObject {}
    const [address, nameless] = [Box.of(1), Object.freeze(new Nameless())]

    const answers = [1, 2, 3].map(() => [address.equals(nameless), nameless.equals(address)])

    expect(answers.flat()).toEqual([false, false, false, false, false, false])
  })

  it('sees what a set or map holds at each comparison, not what it held before', () => {
    const tags = new Set(['a'])
    const [one, other] = [Box.of(tags), Box.of(new Set(['a']))]
    const before = [1, 2, 3].map(() => one.equals(other))

    tags.add('b')

    expect([...before, one.equals(other)]).toEqual([true, true, true, false])
  })

  it('refuses to compare instances of a class without components', () => {
    class Nameless extends ValueObject {}

    expect(() => new Nameless().equals(new Nameless())).toThrow(
      new InvalidValueObjectError('Nameless', 'list its "static readonly components"', 'undefined'),
    )
  })

  it('refuses to compare by a component that instances do not have', () => {
    class Misspelt extends ValueObject {
      static readonly components = ['steet'] as const
      readonly street = ''
    }

    expect(() => new Misspelt().equals(new Misspelt())).toThrow(
      /Misspelt must have each .* no property "steet"/,
    )
  })

  it('refuses to compare instances that their factory left unfrozen', () => {
    class Open extends ValueObject {
      static readonly components = ['door'] as const
      readonly door = 1
    }

    expect(() => new Open().equals(new Open())).toThrow(/Open must be frozen by its factory/)
  })
})

describe('equality of components', () => {
  it.each<[string, unknown, unknown]>([
    ['NaN and NaN', Number.NaN, Number.NaN],
    ['0 and −0', 0, -0],
    ['bigints', 10n ** 30n, 10n ** 30n],
    ['dates of one time', new Date(5), new Date(5)],
    ['invalid dates', new Date(Number.NaN), new Date(Number.NaN)],
    ['lists', [1, [Number.NaN, 'a']], [1, [Number.NaN, 'a']]],
    ['sets in any order', new Set([1, 2]), new Set([2, 1])],
    ['sets of lists', new Set([[1], [2]]), new Set([[2], [1]])],
    [
      'maps in any order',
      new Map([
        ['a', 1n],
        ['b', 2n],
      ]),
      new Map([
        ['b', 2n],
        ['a', 1n],
      ]),
    ],
    ['plain objects in any order', { a: 1, b: { c: [] } }, { b: { c: [] }, a: 1 }],
    ['value objects', Money.ofMinor(5, 'GBP'), Money.ofMinor(5, 'GBP')],
    ['value objects in lists', [Box.of(Secret.of('x'))], [Box.of(Secret.of('x'))]],
    ['undefined', undefined, undefined],
    ['null', null, null],
  ])('holds for %s', (_, one, other) => {
    expect(boxesAreEqual(one, other)).toBe(true)
  })

  it.each<[string, unknown, unknown]>([
    ['null and undefined', null, undefined],
    ['a number and its text', 1, '1'],
    ['a number and a bigint', 1, 1n],
    ['NaN and undefined', Number.NaN, undefined],
    ['dates a millisecond apart', new Date(5), new Date(6)],
    ['a date and its number', new Date(5), 5],
    ['a date and a plain object', new Date(5), {}],
    ['lists of other order', [1, 2], [2, 1]],
    ['lists of other length', [1], [1, undefined]],
    ['a list and a plain object', [], {}],
    ['sets', new Set([1]), new Set([2])],
    ['sets whose members match only once', new Set([[1], [1]]), new Set([[1], [2]])],
    ['maps by value', new Map([['a', 1]]), new Map([['a', 2]])],
    ['maps by key', new Map([['a', undefined]]), new Map([['b', undefined]])],
    ['plain objects by key', { a: undefined }, { b: undefined }],
    ['a key that every object inherits', { toString: undefined }, { a: undefined }],
    ['money of two currencies', Money.ofMinor(5, 'GBP'), Money.ofMinor(5, 'EUR')],
    ['a value object and its JSON', Money.ofMinor(5, 'GBP'), { currency: 'GBP', amount: '0.05' }],
    ['#private state', Secret.of('x'), Secret.of('y')],
    ['functions', () => 1, () => 1],
  ])('fails for %s', (_, one, other) => {
    expect(boxesAreEqual(one, other)).toBe(false)
  })
})
