// How an amount came about, as the sentence that staff and residents read. Pure: screens import it too.
import { compareDecimal, fen, productFen, trimDecimal, yuanGrouped } from '../../kernel/money.ts'
import { explainReading, explainShare, isShare, type How } from '../meters/explain.ts'

export interface Explainable {
  shape: string
  /** Decimals as text. */
  quantity: string
  unit_price: string
  months: string
  /** 0: the whole period. */
  days: number
  days_of: number
  amount_fen: number
  cycle: string
  /** Of the fee item: 元/㎡·月, 元/个·月. */
  unit_name: string
  meter_kind?: string | null
  /** Of a metered line the reading behind it, of a shared one the split. */
  how?: How | null
  /** Of a bill priced by a tariff: what the engine says. */
  text?: string | null
  /** Says it all, for bills that no charge run made. */
  note?: string | null
}

const METER_UNITS: Record<string, string> = { water: 'm³', gas: 'm³', electricity: '度', heat: 'kWh' }

/** What is counted: m², m³, 个, 户. */
export function unitOf(e: Pick<Explainable, 'shape' | 'unit_name' | 'meter_kind'>): string {
  if (e.shape === 'area') return 'm²'
  if (e.shape === 'meter') return METER_UNITS[e.meter_kind ?? ''] ?? ''
  const named = /\/([^·/]+)·/.exec(e.unit_name)?.[1]
  return named && !/^[月季年]$/.test(named) ? named : e.shape === 'fixed' ? '户' : '个'
}

/** An area is written with two decimals at least, as on the deed; everything else without needless zeros. */
function quantityText(e: Explainable): string {
  const text = trimDecimal(e.quantity)
  if (e.shape !== 'area') return text
  const [whole, decimals = ''] = text.split('.')
  return `${whole}.${decimals.padEnd(2, '0')}`
}

function timeText(e: Explainable): string {
  const word = e.cycle === 'season' ? '季' : '月'
  return e.days > 0 ? `${e.days}/${e.days_of} ${word}` : `${trimDecimal(e.months)} ${word}`
}

// The same flat at the same price stands in a list many times, and its arithmetic is exact and slow.
const MEMO_MAX = 5000
const memo = new Map<string, string>()

/** "98.50 m² × 1.2 元 × 1 月 = 118.20 元". */
export function explain(e: Explainable): string {
  if (e.note) return e.note
  const key = `${e.shape} ${e.quantity} ${e.unit_price} ${e.months} ${e.days}/${e.days_of} ${e.amount_fen} ${e.cycle} ${e.unit_name} ${e.meter_kind} ${e.how ? JSON.stringify(e.how) : ''} ${e.text}`
  const known = memo.get(key)
  if (known !== undefined) return known
  if (memo.size >= MEMO_MAX) memo.clear()
  const text = reckoned(e)
  memo.set(key, text)
  return text
}

function reckoned(e: Explainable): string {
  if (e.how && isShare(e.how)) return explainShare(e.how, e.amount_fen)
  const amount = fen(e.amount_fen)
  if (e.shape === 'tariff') return e.text ?? `按价目计算 = ${yuanGrouped(amount)} 元`
  const price = `${trimDecimal(e.unit_price)} 元`
  const what = `${quantityText(e)} ${unitOf(e)}`.trim()
  if (e.shape === 'meter') {
    const from_to = e.how && !isShare(e.how) ? `(${explainReading(e.how)}) ` : ''
    return `${from_to}${what} × ${price} = ${yuanGrouped(amount)} 元`
  }
  const alone = productFen([e.quantity, e.unit_price, e.months, ...(e.days > 0 ? [String(e.days)] : [])], e.days > 0 ? [String(e.days_of)] : [])
  const text = `${what} × ${price} × ${timeText(e)} = ${yuanGrouped(amount)} 元`
  // Parts of one month are cut so that they add up to the whole: a fen may go to a neighbour.
  const tail = fen(amount - alone)
  return tail === 0 || compareDecimal(e.unit_price, '0') === 0 ? text : `${text}(含尾差 ${tail > 0 ? '+' : ''}${yuanGrouped(tail)} 元,与同月其他部分合计为整月)`
}
