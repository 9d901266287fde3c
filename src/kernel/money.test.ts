import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDecimal, capitals, compareDecimal, divideLargestRemainder, fen, MoneyError, mulRoundHalfUp, parseYuan, productFen, readFen,
  subtractDecimal, sumFen, trimDecimal, tryParseYuan, yuan, yuanGrouped,
} from './money.ts'
import type { MoneyFault } from './money.ts'

const anyFen = fc.maxSafeInteger().map(fen)

/** A decimal text with its value as an integer over 10^6. */
const decimal = fc
  .record({ negative: fc.boolean(), whole: fc.bigInt(0n, 9_999_999n), tail: fc.bigInt(0n, 999_999n) })
  .map(({ negative, whole, tail }) => {
    const units = whole * 1_000_000n + tail
    return { text: `${negative ? '-' : ''}${whole}.${String(tail).padStart(6, '0')}`, units: negative ? -units : units }
  })

function fault(run: () => unknown): MoneyFault | 'no throw' {
  try {
    run()
    return 'no throw'
  } catch (error) {
    if (error instanceof MoneyError) return error.code
    throw error
  }
}

describe('fen', () => {
  test('takes safe integers only', () => {
    expect(Object.is(fen(-0), 0)).toBe(true)
    expect(fault(() => fen(0.1))).toBe('not_integer')
    expect(fault(() => fen(Number.NaN))).toBe('not_integer')
    expect(fault(() => fen(Number.POSITIVE_INFINITY))).toBe('not_integer')
    expect(fault(() => fen(2 ** 53))).toBe('out_of_range')
  })
  test('reads what pg gives', () => {
    expect(readFen('-9007199254740991')).toBe(Number.MIN_SAFE_INTEGER)
    expect(readFen(12n)).toBe(12)
    expect(fault(() => readFen('9007199254740992'))).toBe('out_of_range')
    expect(fault(() => readFen('1.0'))).toBe('not_integer')
    expect(fault(() => readFen(''))).toBe('not_integer')
  })
})

describe('yuan', () => {
  test.each([
    ['1,234.50', 123450], ['0', 0], ['0.05', 5], ['0.5', 50], [' 12 ', 1200], ['1000', 100000], ['90,071,992,547,409.91', Number.MAX_SAFE_INTEGER],
  ])('parses %s', (text, value) => expect(parseYuan(text)).toBe(value))

  test.each<[string, MoneyFault]>([
    ['', 'bad_amount'], ['.5', 'bad_amount'], ['5.', 'bad_amount'], ['007', 'bad_amount'], ['1e3', 'bad_amount'], ['¥5', 'bad_amount'],
    ['1,23', 'bad_amount'], ['12,34.00', 'bad_amount'], ['1234,567', 'bad_amount'], ['１２', 'bad_amount'], ['+5', 'bad_amount'],
    ['0x10', 'bad_amount'], ['1 000', 'bad_amount'], ['1.005', 'too_many_decimals'], ['1.000', 'too_many_decimals'], ['-5', 'negative'],
    ['90071992547409.92', 'out_of_range'],
  ])('refuses %s', (text, code) => {
    expect(fault(() => parseYuan(text))).toBe(code)
    expect(tryParseYuan(text)).toBeUndefined()
  })

  test('a minus is taken only when asked for', () => {
    expect(parseYuan('-1,234.5', 'signed')).toBe(-123450)
    expect(Object.is(parseYuan('-0', 'signed'), 0)).toBe(true)
  })

  test('writing and reading are inverse over the whole range', () => {
    fc.assert(fc.property(anyFen, (amount) => {
      expect(parseYuan(yuan(amount), 'signed')).toBe(amount)
      expect(parseYuan(yuanGrouped(amount), 'signed')).toBe(amount)
      expect(yuanGrouped(amount).replaceAll(',', '')).toBe(yuan(amount))
    }))
  })

  test('no float creeps in at the edge of the range', () => {
    expect(yuan(fen(Number.MAX_SAFE_INTEGER))).toBe('90071992547409.91')
    expect(yuan(fen(-1))).toBe('-0.01')
    expect(yuanGrouped(fen(-123456789))).toBe('-1,234,567.89')
    expect(yuanGrouped(fen(99999))).toBe('999.99')
  })
})

describe('capitals', () => {
  // The first five are the central bank's own examples, where it allows two readings the one we chose.
  test.each([
    ['1409.50', '壹仟肆佰零玖元伍角整'], ['6007.14', '陆仟零柒元壹角肆分'], ['107000.53', '壹拾万柒仟元零伍角叁分'],
    ['16409.02', '壹万陆仟肆佰零玖元零贰分'], ['325.04', '叁佰贰拾伍元零肆分'], ['1680.32', '壹仟陆佰捌拾元零叁角贰分'],
    ['0', '零元整'], ['0.01', '壹分'], ['0.10', '壹角整'], ['0.35', '叁角伍分'], ['1', '壹元整'], ['1.05', '壹元零伍分'], ['10', '壹拾元整'],
    ['10.50', '壹拾元零伍角整'], ['20', '贰拾元整'], ['100', '壹佰元整'], ['1001', '壹仟零壹元整'], ['1010', '壹仟零壹拾元整'],
    ['10000', '壹万元整'], ['10001', '壹万零壹元整'], ['100100', '壹拾万零壹佰元整'], ['1005000', '壹佰万伍仟元整'], ['20000000', '贰仟万元整'],
    ['100000000', '壹亿元整'], ['100000001', '壹亿零壹元整'], ['100001000', '壹亿零壹仟元整'], ['100010000', '壹亿零壹万元整'],
    ['1020304050.60', '壹拾亿贰仟零叁拾万肆仟零伍拾元零陆角整'], ['10000000000.01', '壹佰亿元零壹分'], ['1000000000000', '壹万亿元整'],
    ['1000100000000', '壹万零壹亿元整'], ['90071992547409.91', '玖拾万零柒佰壹拾玖亿玖仟贰佰伍拾肆万柒仟肆佰零玖元玖角壹分'],
  ])('%s', (text, words) => {
    expect(capitals(parseYuan(text))).toBe(words)
    if (text !== '0') expect(capitals(parseYuan(`-${text}`, 'signed'))).toBe(`负${words}`)
  })

  test('reads back to the amount, never doubles 零, never ends wrongly', () => {
    fc.assert(fc.property(anyFen, (amount) => {
      const words = capitals(amount)
      expect(readCapitals(words)).toBe(BigInt(amount))
      expect(words).not.toMatch(/零零|零[拾佰仟万亿]|零整/)
      expect(words.endsWith('分') || words.endsWith('整')).toBe(true)
    }), { numRuns: 2000 })
  })
})

/** An independent reader of 大写, to check the writer over the whole range. */
function readCapitals(words: string): bigint {
  let text = words.replace(/^负/, '').replace(/整$/, '').replaceAll('零', '')
  const value = { total: 0n }
  const digit = (c: string | undefined) => BigInt('零壹贰叁肆伍陆柒捌玖'.indexOf(c ?? '零'))
  const small = /(?:(.)角)?(?:(.)分)?$/.exec(text)
  value.total += digit(small?.[1]) * 10n + digit(small?.[2])
  text = text.slice(0, text.indexOf('元') + 1).replace('元', '')
  const group = (part: string): bigint => {
    let sum = 0n
    for (const match of part.matchAll(/([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)/g)) {
      sum += digit(match[1]) * 10n ** BigInt(['', '拾', '佰', '仟'].indexOf(match[2] ?? ''))
    }
    return sum
  }
  const below = (part: string): bigint => {
    const [low = '', high = ''] = part.split('万').reverse()
    return group(high) * 10_000n + group(low)
  }
  const [low = '', high = ''] = text.split('亿').reverse()
  const whole = below(high) * 100_000_000n + below(low)
  const result = whole * 100n + value.total
  return words.startsWith('负') ? -result : result
}

describe('decimals', () => {
  test.each([['98.500', '98.5'], ['98', '98'], ['0.000', '0'], ['-0.00', '0'], ['007.10', '7.1'], ['-1.50', '-1.5'], ['100', '100'], ['0.05', '0.05']])(
    'trims %s to %s', (text, trimmed) => expect(trimDecimal(text)).toBe(trimmed))

  test.each(['', '1e3', 'NaN', '.5', '5.', '+1', '1,000', ' 1', '１', '1'.repeat(61)])('refuses %s', (text) => {
    expect(fault(() => trimDecimal(text))).toBe('bad_decimal')
  })

  test('compare, add and subtract agree with BigInt', () => {
    expect(compareDecimal('1.50', '1.5')).toBe(0)
    fc.assert(fc.property(decimal, decimal, (a, b) => {
      const order = a.units < b.units ? -1 : a.units > b.units ? 1 : 0
      expect(compareDecimal(a.text, b.text)).toBe(order)
      expect(compareDecimal(subtractDecimal(addDecimal(a.text, b.text), b.text), a.text)).toBe(0)
    }))
  })
})

describe('products', () => {
  test.each([
    [['98.5', '2.80'], 27580], [['0.005', '1'], 1], [['0.0049999999999', '1'], 0], [['-0.005', '1'], -1], [['1.005', '1'], 101],
    [['33.335', '0.1', '3'], 1000], [['0', '9.99'], 0],
  ] as [[string, string, string?], number][])('%j', ([quantity, price, factor], expected) => {
    expect(mulRoundHalfUp(quantity, price, factor)).toBe(expected)
  })

  test('a part month is rounded once, after the division', () => {
    expect(productFen(['100', '2.50', '12'], ['31'])).toBe(9677)
    expect(productFen(['1'], ['3'])).toBe(33)
    expect(productFen(['2'], ['-3'])).toBe(-67)
    expect(fault(() => productFen(['1'], ['0.00']))).toBe('divide_by_zero')
    expect(fault(() => mulRoundHalfUp('999999999999', '999999999999'))).toBe('out_of_range')
  })

  test('is within half a fen of the exact product, half going away from zero', () => {
    fc.assert(fc.property(decimal, decimal, fc.bigInt(1n, 366n), (a, b, divisor) => {
      const exact = a.units * b.units // over 10^12 yuan, that is 10^10 fen
      const unit = 10n ** 10n * divisor
      if ((exact < 0n ? -exact : exact) / unit > 9_000_000_000_000_000n) return
      const result = BigInt(productFen([a.text, b.text], [String(divisor)]))
      const error = result * unit - exact
      const away = exact < 0n ? -error : error
      expect(2n * away <= unit && 2n * away > -unit).toBe(true)
    }))
  })

  test('a credit mirrors its charge', () => {
    fc.assert(fc.property(decimal, fc.bigInt(0n, 9999n), (a, cents) => {
      const price = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
      const opposite = a.text.startsWith('-') ? a.text.slice(1) : `-${a.text}`
      expect(mulRoundHalfUp(opposite, price) + mulRoundHalfUp(a.text, price)).toBe(0)
    }))
  })
})

describe('shares', () => {
  test('the fen left over go to the largest remainders, ties to the earlier', () => {
    expect(divideLargestRemainder(fen(100), ['1', '1', '1'])).toEqual([34, 33, 33])
    expect(divideLargestRemainder(fen(-100), ['1', '1', '1'])).toEqual([-34, -33, -33])
    expect(divideLargestRemainder(fen(10), ['0.1', '0', '0.20'])).toEqual([3, 0, 7])
    expect(divideLargestRemainder(fen(0), ['5', '1'])).toEqual([0, 0])
    for (const weights of [[], ['0', '0.0'], ['2', '-1']]) expect(fault(() => divideLargestRemainder(fen(1), weights))).toBe('bad_weights')
  })

  test('add up exactly, each within one fen of its exact share', () => {
    const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 40 }).filter((all) => all.some((one) => one > 0))
    fc.assert(fc.property(anyFen, weights, (total, units) => {
      const shares = divideLargestRemainder(total, units.map((unit) => `${Math.trunc(unit / 1000)}.${String(unit % 1000).padStart(3, '0')}`))
      expect(shares.reduce((sum, share) => sum + BigInt(share), 0n)).toBe(BigInt(total))
      const sum = BigInt(units.reduce((running, unit) => running + unit, 0))
      shares.forEach((share, index) => {
        const error = BigInt(share) * sum - BigInt(total) * BigInt(units[index] ?? 0)
        expect(error < sum && error > -sum).toBe(true)
      })
    }))
  })
})

test('sumFen refuses to leave the safe range', () => {
  expect(sumFen([])).toBe(0)
  expect(sumFen([fen(1), fen(-3)])).toBe(-2)
  expect(fault(() => sumFen([fen(Number.MAX_SAFE_INTEGER), fen(1)]))).toBe('out_of_range')
})
