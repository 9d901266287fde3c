/**
 * Money is an integer number of fen (分), branded so that a plain number cannot be passed by mistake; prices and quantities are
 * decimal strings. Nothing here uses a float: products and shares are BigInt, and texts are cut as strings, because even
 * `Math.trunc(n / 100)` is wrong near 2^53. The file has no imports, so the browser runs the same code.
 *
 * Rounding is half away from zero, once, at the end: what PostgreSQL's `round(numeric)` does, so SQL and code agree, and a
 * credit is the exact mirror of its charge.
 */
declare const fen_brand: unique symbol
export type Fen = number & { readonly [fen_brand]: true }

export type MoneyFault =
  | 'not_integer'
  | 'out_of_range'
  | 'bad_amount'
  | 'too_many_decimals'
  | 'negative'
  | 'bad_decimal'
  | 'bad_weights'
  | 'divide_by_zero'

export class MoneyError extends RangeError {
  readonly code: MoneyFault
  constructor(code: MoneyFault, message: string) {
    super(message)
    this.name = 'MoneyError'
    this.code = code
  }
}

const MAX_DECIMAL_LENGTH = 60
const MAX_WEIGHTS = 1_000_000
const MAX_FEN = BigInt(Number.MAX_SAFE_INTEGER)

/** Brands a safe integer of fen; throws on fractions, NaN and anything beyond ±90 万亿元. -0 becomes 0. */
export function fen(n: number): Fen {
  if (!Number.isInteger(n)) throw new MoneyError('not_integer', `not a whole number of fen: ${n}`)
  if (!Number.isSafeInteger(n)) throw new MoneyError('out_of_range', `fen beyond 2^53: ${n}`)
  return (n === 0 ? 0 : n) as Fen
}

export const ZERO_FEN: Fen = fen(0)

/** The only place where a BigInt becomes a number; the range is checked first, so nothing is lost. */
function fenOfBig(value: bigint): Fen {
  if (value > MAX_FEN || value < -MAX_FEN) throw new MoneyError('out_of_range', `fen beyond 2^53: ${value}`)
  return Number(value) as Fen
}

/** What `pg` gives for a bigint column (text, or bigint or number by its parser setting) as Fen. */
export function readFen(value: string | bigint | number): Fen {
  if (typeof value === 'number') return fen(value)
  if (typeof value === 'bigint') return fenOfBig(value)
  if (!/^-?\d{1,20}$/.test(value)) throw new MoneyError('not_integer', `not a whole number of fen: ${value.slice(0, 40)}`)
  return fenOfBig(BigInt(value))
}

/**
 * Yuan as a person writes them: '1234', '1234.5', '1,234.50'. Refuses: more than two decimals, wrong grouping, '.5', '5.', leading
 * zeros, exponents, currency signs, full-width digits. Blanks around are dropped. Sign: a minus is refused unless `'signed'` is
 * given, a plus always, because at the counter a negative amount is a reversal and has its own call.
 */
export function parseYuan(text: string, sign: 'unsigned' | 'signed' = 'unsigned'): Fen {
  const trimmed = text.trim()
  const match = /^(-?)(0|[1-9]\d{0,15}|[1-9]\d{0,2}(?:,\d{3}){1,5})(?:\.(\d{1,20}))?$/.exec(trimmed)
  if (!match) throw new MoneyError('bad_amount', `not an amount: ${trimmed.slice(0, 40)}`)
  const [, minus = '', whole = '', decimals = ''] = match
  if (decimals.length > 2) throw new MoneyError('too_many_decimals', `more than two decimals: ${trimmed.slice(0, 40)}`)
  if (minus !== '' && sign !== 'signed') throw new MoneyError('negative', `negative amount: ${trimmed.slice(0, 40)}`)
  const value = BigInt(whole.replaceAll(',', '') + decimals.padEnd(2, '0'))
  return fenOfBig(minus === '' ? value : -value)
}

/** `parseYuan` for forms: undefined instead of a throw. */
export function tryParseYuan(text: string, sign: 'unsigned' | 'signed' = 'unsigned'): Fen | undefined {
  try {
    return parseYuan(text, sign)
  } catch (error) {
    if (error instanceof MoneyError) return undefined
    throw error
  }
}

function parts(amount: Fen): { minus: string; whole: string; cents: string } {
  const digits = String(Math.abs(fen(amount))).padStart(3, '0')
  return { minus: amount < 0 ? '-' : '', whole: digits.slice(0, -2), cents: digits.slice(-2) }
}

/** 123450 → '1234.50'. */
export function yuan(amount: Fen): string {
  const { minus, whole, cents } = parts(amount)
  return `${minus}${whole}.${cents}`
}

/** 123450 → '1,234.50'. No currency sign: the screen or the paper puts ¥ where its form wants it. */
export function yuanGrouped(amount: Fen): string {
  const { minus, whole, cents } = parts(amount)
  return `${minus}${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}.${cents}`
}

const DIGITS = '零壹贰叁肆伍陆柒捌玖'
const PLACES = ['', '拾', '佰', '仟']

/** Below 10,000; the zeros inside become one 零, those at the end none. */
function capitalGroup(group: string): string {
  let text = ''
  let gap = false
  for (let i = 0; i < group.length; i++) {
    const digit = group.charCodeAt(i) - 48
    if (digit === 0) {
      gap = text !== ''
      continue
    }
    text += `${gap ? '零' : ''}${DIGITS.charAt(digit)}${PLACES[group.length - 1 - i] ?? ''}`
    gap = false
  }
  return text
}

/** Digits without leading zeros ('' for nought), by 亿, then 万: 90 万亿 reads 玖拾万亿. */
function capitalWhole(digits: string): string {
  for (const [size, unit] of [[8, '亿'], [4, '万']] as const) {
    if (digits.length <= size) continue
    const low = digits.slice(-size)
    const rest = low.replace(/^0+/, '')
    const link = rest !== '' && low.startsWith('0') ? '零' : ''
    return `${capitalWhole(digits.slice(0, -size))}${unit}${link}${capitalWhole(rest)}`
  }
  return capitalGroup(digits)
}

/**
 * 人民币大写 by the People's Bank rules (支付结算办法 附件一《正确填写票据和结算凭证的基本规定》), without the words 人民币. Where the rules
 * leave a choice we write: 整 after 元 and after 角, never after 分; 零 when the yuan digit is 0 and the jiao digit is not
 * (107000.53 → 壹拾万柒仟元零伍角叁分), no 零 when only the 万 digit is 0 and the 仟 digit is not. Below one yuan no 元 is written.
 */
export function capitals(amount: Fen): string {
  const { minus, whole, cents } = parts(amount)
  const yuan_digits = whole.replace(/^0+/, '')
  const jiao = cents.charCodeAt(0) - 48
  const single = cents.charCodeAt(1) - 48
  const sign = minus === '' ? '' : '负'
  if (yuan_digits === '' && cents === '00') return '零元整'
  let text = yuan_digits === '' ? '' : `${capitalWhole(yuan_digits)}元`
  if (cents === '00') return `${sign}${text}整`
  if (text !== '' && (jiao === 0 || yuan_digits.endsWith('0'))) text += '零'
  if (jiao !== 0) text += `${DIGITS.charAt(jiao)}角`
  return `${sign}${text}${single === 0 ? '整' : `${DIGITS.charAt(single)}分`}`
}

/** Throws rather than lose a fen when a running total leaves the safe range. */
export function sumFen(amounts: Iterable<Fen>): Fen {
  let total = 0
  for (const amount of amounts) total = fen(total + fen(amount))
  return fen(total)
}

interface Decimal {
  readonly units: bigint
  readonly scale: number
}

function readDecimal(text: string): Decimal {
  if (text.length > MAX_DECIMAL_LENGTH || !/^-?\d+(\.\d+)?$/.test(text)) {
    throw new MoneyError('bad_decimal', `not a decimal: ${text.slice(0, 40)}`)
  }
  const dot = text.indexOf('.')
  return dot < 0
    ? { units: BigInt(text), scale: 0 }
    : { units: BigInt(text.slice(0, dot) + text.slice(dot + 1)), scale: text.length - dot - 1 }
}

function writeDecimal({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const tail = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${tail === '' ? '' : `.${tail}`}`
}

function align(a: Decimal, b: Decimal): { left: bigint; right: bigint; scale: number } {
  const scale = Math.max(a.scale, b.scale)
  return { left: a.units * 10n ** BigInt(scale - a.scale), right: b.units * 10n ** BigInt(scale - b.scale), scale }
}

/** '98.500' → '98.5', '007.0' → '7', '-0.00' → '0'. */
export function trimDecimal(text: string): string {
  return writeDecimal(readDecimal(text))
}

/** -1, 0 or 1 by value: '1.50' equals '1.5'. */
export function compareDecimal(a: string, b: string): -1 | 0 | 1 {
  const { left, right } = align(readDecimal(a), readDecimal(b))
  return left < right ? -1 : left > right ? 1 : 0
}

/** Exact, trimmed. */
export function addDecimal(a: string, b: string): string {
  const { left, right, scale } = align(readDecimal(a), readDecimal(b))
  return writeDecimal({ units: left + right, scale })
}

/** Exact, trimmed: this reading minus the last one. */
export function subtractDecimal(a: string, b: string): string {
  const { left, right, scale } = align(readDecimal(a), readDecimal(b))
  return writeDecimal({ units: left - right, scale })
}

function divideRoundHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new MoneyError('divide_by_zero', 'division by zero')
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const rounded = (2n * n + d) / (2n * d)
  return negative ? -rounded : rounded
}

/**
 * The product of the factors over the product of the divisors, in yuan, rounded once to a fen. A part month is
 * `productFen([area, price, '12'], ['31'])`: rounding 12/31 first would be wrong by fen on large areas.
 */
export function productFen(factors: readonly string[], divisors: readonly string[] = []): Fen {
  let numerator = 100n
  let denominator = 1n
  for (const factor of factors) {
    const { units, scale } = readDecimal(factor)
    numerator *= units
    denominator *= 10n ** BigInt(scale)
  }
  for (const divisor of divisors) {
    const { units, scale } = readDecimal(divisor)
    denominator *= units
    numerator *= 10n ** BigInt(scale)
  }
  return fenOfBig(divideRoundHalfUp(numerator, denominator))
}

/** quantity × price in yuan × factor, rounded once: ('98.5', '2.80') → 27580. */
export function mulRoundHalfUp(quantity: string, price: string, factor = '1'): Fen {
  return productFen([quantity, price, factor])
}

/**
 * Shares of `total` by weight that add up to it exactly: each gets its floor, the fen left over go to the largest remainders, ties to
 * the earlier index. A negative total is the mirror of the positive one. Weights are decimals ≥ 0 with a sum above 0.
 */
export function divideLargestRemainder(total: Fen, weights: readonly string[]): Fen[] {
  if (weights.length > MAX_WEIGHTS) throw new MoneyError('bad_weights', `more than ${MAX_WEIGHTS} weights`)
  const read = weights.map(readDecimal)
  const scale = read.reduce((most, weight) => Math.max(most, weight.scale), 0)
  const units = read.map((weight) => weight.units * 10n ** BigInt(scale - weight.scale))
  const sum = units.reduce((running, unit) => running + unit, 0n)
  if (sum <= 0n || units.some((unit) => unit < 0n)) {
    throw new MoneyError('bad_weights', 'weights must be zero or more, with a sum above zero')
  }
  const whole = BigInt(Math.abs(fen(total)))
  const shares = units.map((unit) => (whole * unit) / sum)
  const remainders = units.map((unit) => (whole * unit) % sum)
  const left = whole - shares.reduce((running, share) => running + share, 0n)
  const order = remainders.map((_, index) => index).sort((a, b) => {
    const x = remainders[a] ?? 0n
    const y = remainders[b] ?? 0n
    return x > y ? -1 : x < y ? 1 : a - b
  })
  for (let i = 0; BigInt(i) < left; i++) {
    const index = order[i] ?? 0
    shares[index] = (shares[index] ?? 0n) + 1n
  }
  return shares.map((share) => fenOfBig(total < 0 ? -share : share))
}
