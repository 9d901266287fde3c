// A tariff as data: versions by day, each with components that are posted separately. One component may be written without the list,
// one version without the list. Everything that can be wrong without a case is found here, with field and reason.
import { z } from 'zod'
import { ChargeSpec } from './charge.ts'
import { FormulaSpec, formulaFault } from './formula.ts'
import { LateFeeSpec } from './late_fee.ts'
import { MeteredSpec } from './metered_spec.ts'
import { ParkingSpec } from './parking_spec.ts'
import { Code, Day, EXACT_FEN, Name, Percent, Plain, Rounding, When } from './shared.ts'
import { Proration } from './time.ts'

const PercentSpec = z.strictObject({ shape: z.literal('percent'), of: z.union([Code.transform((c) => [c]), z.array(Code).min(1).max(20)]), percent: Percent, free_when: When.optional() })
type PercentSpec = z.output<typeof PercentSpec>
export type ShapeSpec = ChargeSpec | MeteredSpec | ParkingSpec | LateFeeSpec | FormulaSpec | PercentSpec
const SHAPES = { charge: ChargeSpec, metered: MeteredSpec, parking: ParkingSpec, late_fee: LateFeeSpec, formula: FormulaSpec, percent: PercentSpec } as const
export type ShapeName = keyof typeof SHAPES
export const SHAPE_WORDS: Record<ShapeName, string> = { charge: '按面积、户、人、个计费', metered: '按表计量', parking: '临时停车', late_fee: '违约金', formula: '自定算式', percent: '按其他费项的百分比' }

const Payer = z.strictObject({ payer: Name, percent: Percent.optional(), amount: Plain.optional(), rest: z.boolean().optional() }).refine((p) => [p.percent, p.amount, p.rest].filter((x) => x !== undefined).length === 1, '写 percent、amount 或 rest(其余)之一')
const OWNERS = ['company', 'owners', 'held', 'fund'] as const
const Envelope = z.strictObject({
  code: Code.optional(),
  name: Name.optional(),
  /** Income account of the postings. */
  account_code: z.string().trim().regex(/^\d{4,10}$/, '应为科目代码,如 6001').optional(),
  /** Whose income: the company's, all owners' (公共收益), money held for others (代收), the maintenance fund. */
  income_owner: z.enum(OWNERS, '应为 company(物业公司)、owners(全体业主)、held(代收)或 fund(维修资金)').default('company'),
  /** Charged only where this holds. */
  when: When.optional(),
  payers: z.array(Payer).min(2).max(6).optional(),
  rounding: Rounding.optional(),
})
const Head = z.strictObject({
  format: z.union([z.literal(1), z.literal('1')]).optional(),
  $schema: z.string().optional(),
  name: Name.default('价目'),
  basis: z.string().trim().max(200).optional(),
  source: z.string().trim().max(500).optional(),
  note: z.string().trim().max(1000).optional(),
  from_on: Day.optional(),
  rounding: Rounding.default(EXACT_FEN),
  proration: Proration.default('real_days'),
  /** A version that begins inside a bill: by days, by the reading of that day, from the bill after, or whole at the version of the last day. */
  version_change: z.enum(['by_days', 'by_reading', 'next_bill', 'at_end'], '应为 by_days、by_reading、next_bill 或 at_end').default('by_days'),
})

export interface Component extends z.output<typeof Envelope> {
  code: string
  name: string
  spec: ShapeSpec
}
export interface Version {
  from_on: string | null
  basis: string | null
  rounding: Rounding
  proration: Proration
  components: Component[]
}
export interface Tariff {
  name: string
  version_change: z.output<typeof Head>['version_change']
  versions: Version[]
}
export interface FieldFault {
  field: string
  reason: string
}
export type Parsed = { tariff: Tariff; faults: null } | { tariff: null; faults: FieldFault[] }

const ENVELOPE_KEYS = Object.keys(Envelope.shape)
const HEAD_KEYS = Object.keys(Head.shape)
const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const pick = (o: Record<string, unknown>, keys: readonly string[]) => Object.fromEntries(Object.entries(o).filter(([k]) => keys.includes(k)))
const omit = (o: Record<string, unknown>, keys: readonly string[]) => Object.fromEntries(Object.entries(o).filter(([k]) => !keys.includes(k)))

export const pathText = (path: readonly PropertyKey[]): string => path.map((p, i) => (typeof p === 'number' ? `[${p}]` : `${i ? '.' : ''}${String(p)}`)).join('')
type Issue = z.core.$ZodIssue

/** Issues in words; of a union the branch that came nearest speaks. */
export function faultsOf(issues: readonly Issue[], at: readonly PropertyKey[], known: readonly string[] = []): FieldFault[] {
  return issues.flatMap((i): FieldFault[] => {
    const path = [...at, ...i.path]
    if (i.code === 'unrecognized_keys') return [{ field: pathText([...path, i.keys[0]!]), reason: `不认识的字段“${i.keys.join('、')}”${i.path.length === 0 && known.length ? `,可用:${known.join('、')}` : ''}` }]
    if (i.code === 'invalid_union' && i.errors.length > 0) {
      const depth = (e: readonly Issue[]) => Math.max(0, ...e.map((x) => x.path.length * 10 - e.length - (x.code === 'invalid_type' ? 5 : 0)))
      const nearest = i.errors.toSorted((a, b) => depth(b) - depth(a))[0]!
      return faultsOf(nearest, path)
    }
    return [{ field: pathText(path) || '(整个文件)', reason: i.code === 'invalid_type' && i.input === undefined ? '缺少,必须填写' : i.message }]
  })
}

class Collector {
  readonly faults: FieldFault[] = []
  read<T extends z.ZodType>(schema: T, value: unknown, at: readonly PropertyKey[], known: readonly string[] = []): z.output<T> | null {
    const r = schema.safeParse(value)
    if (r.success) return r.data
    this.faults.push(...faultsOf(r.error.issues, at, known))
    return null
  }
  say(at: readonly PropertyKey[], reason: string): void {
    this.faults.push({ field: pathText(at) || '(整个文件)', reason })
  }
}

const CODES: Record<ShapeName, string> = { charge: 'fee', metered: 'usage', parking: 'parking', late_fee: 'late_fee', formula: 'formula', percent: 'percent' }
function component(c: Collector, raw: unknown, at: readonly PropertyKey[], n: number, only: boolean, name: string): Component | null {
  if (!isObject(raw)) {
    c.say(at, '应为一个费项对象')
    return null
  }
  const shape = raw['shape']
  if (typeof shape !== 'string' || !Object.hasOwn(SHAPES, shape)) {
    c.say([...at, 'shape'], `${shape === undefined ? '缺少 shape' : `没有“${String(shape)}”这种计价方式`},可用:${Object.entries(SHAPE_WORDS).map(([k, v]) => `${k}(${v})`).join('、')}`)
    return null
  }
  // An envelope's rounding is also a field of late fees; there the envelope's goes first.
  const envelope = c.read(Envelope, pick(raw, ENVELOPE_KEYS), at)
  const schema = SHAPES[shape as ShapeName]
  const body = shape === 'late_fee' ? omit(raw, ENVELOPE_KEYS.filter((k) => k !== 'rounding')) : omit(raw, ENVELOPE_KEYS)
  const spec = c.read(schema as z.ZodType, body, at, [...Object.keys(schema.shape), ...ENVELOPE_KEYS]) as ShapeSpec | null
  if (!envelope || !spec) return null
  if (spec.shape === 'formula') {
    const fault = formulaFault(spec)
    if (fault) c.say([...at, 'expression'], fault)
  }
  return { ...envelope, code: envelope.code ?? (only ? CODES[spec.shape] : `${CODES[spec.shape]}_${n + 1}`), name: envelope.name ?? name, spec }
}

function version(c: Collector, raw: Record<string, unknown>, at: readonly PropertyKey[], head: Record<string, unknown>): Version | null {
  const listed = raw['components'] !== undefined
  const own = listed ? omit(raw, ['components']) : pick(raw, HEAD_KEYS)
  const h = c.read(Head, { ...head, ...own }, at, [...HEAD_KEYS, 'components', 'versions'])
  const list = listed ? raw['components'] : [omit(raw, HEAD_KEYS.filter((k) => k !== 'name'))]
  if (!Array.isArray(list) || list.length === 0 || list.length > 30) {
    c.say([...at, 'components'], '应为 1 至 30 个费项的数组')
    return null
  }
  const name = typeof raw['name'] === 'string' ? raw['name'] : typeof head['name'] === 'string' ? head['name'] : '价目'
  const components = list.flatMap((x, i) => component(c, x, listed ? [...at, 'components', i] : at, i, list.length === 1, list.length === 1 ? name : `费项${i + 1}`) ?? [])
  const codes = components.map((x) => x.code)
  for (const [i, code] of codes.entries()) if (codes.indexOf(code) < i) c.say([...at, 'components', i, 'code'], `代码“${code}”重复`)
  for (const [i, x] of components.entries()) {
    if (x.spec.shape === 'percent') for (const of of x.spec.of) if (!codes.slice(0, i).includes(of)) c.say([...at, 'components', i, 'of'], `没有排在前面的费项“${of}”`)
    const shares = x.payers?.reduce((n, p) => n + Math.round(Number(p.percent ?? 0) * 1e6), 0) ?? 0
    if (x.payers && (x.payers.filter((p) => p.rest).length > 1 || shares > 100e6)) c.say([...at, 'components', i, 'payers'], '各方百分比合计不能超过 100,rest(其余)只能有一方')
    else if (x.payers && !x.payers.some((p) => p.rest) && (x.payers.some((p) => p.amount !== undefined) || shares !== 100e6)) c.say([...at, 'components', i, 'payers'], '各方百分比合计应为 100,或指定一方 rest(其余)')
  }
  return h ? { from_on: h.from_on ?? null, basis: h.basis ?? null, rounding: h.rounding, proration: h.proration, components } : null
}

/** Reads a tariff file, one version or several. */
export function parseTariff(raw: unknown): Parsed {
  const c = new Collector()
  if (!isObject(raw)) return { tariff: null, faults: [{ field: '(整个文件)', reason: '价目文件应为一个 JSON 对象' }] }
  const head = pick(raw, HEAD_KEYS)
  const list = raw['versions']
  const versions: Version[] = []
  if (list !== undefined) {
    const known = c.read(Head, omit(raw, ['versions']), [], [...HEAD_KEYS, 'versions'])
    if (!Array.isArray(list) || list.length === 0 || list.length > 100) c.say(['versions'], '应为 1 至 100 个版本的数组')
    else
      for (const [i, v] of list.entries()) {
        if (!isObject(v)) c.say(['versions', i], '应为对象')
        else {
          const made = version(c, v, ['versions', i], omit(head, ['from_on']))
          if (made && made.from_on === null) c.say(['versions', i, 'from_on'], '缺少生效日')
          if (made) versions.push(made)
        }
      }
    if (!known && c.faults.length === 0) c.say([], '文件头有误')
  } else {
    const made = version(c, raw, [], {})
    if (made) versions.push(made)
  }
  versions.sort((a, b) => ((a.from_on ?? '') < (b.from_on ?? '') ? -1 : 1))
  for (const [i, v] of versions.entries()) if (i > 0 && v.from_on === versions[i - 1]!.from_on) c.say(['versions'], `两个版本同日生效(${v.from_on})`)
  if (c.faults.length) return { tariff: null, faults: c.faults.slice(0, 50) }
  const change = typeof head['version_change'] === 'string' ? (head['version_change'] as Tariff['version_change']) : 'by_days'
  return { tariff: { name: typeof head['name'] === 'string' ? head['name'] : '价目', version_change: change, versions }, faults: null }
}
