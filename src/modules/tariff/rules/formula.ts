// What is not a shape is a typed expression: data, not text; every input has a unit, every operation is checked for units before anything
// is computed, and the whole must be 元. There is no parser of user text and nothing that runs text.
import { z } from 'zod'
import { compare, exact, isZero, least, most, over, plus, minus, ratio, roundTo, show, times, type Q } from './exact.ts'
import type { Parts } from './parts.ts'
import { Above0, Code, Dec, Name, QuoteFault, need, type Values, type Rounding } from './shared.ts'

const OPS = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const
const TESTS = ['gt', 'ge', 'lt', 'le', 'eq'] as const
interface Compared {
  op: (typeof TESTS)[number]
  args: [Node, Node]
}
type Test = Compared | { op: 'and' | 'or'; args: Test[] } | { op: 'not'; arg: Test }
const isCompared = (t: Test): t is Compared => (TESTS as readonly string[]).includes(t.op)
export type Node =
  | { input: string }
  | { number: string; unit?: string | undefined }
  | { op: (typeof OPS)[number]; args: Node[] }
  | { op: 'round'; arg: Node; to: string; mode: Rounding['mode'] }
  | { op: 'if'; test: Test; then: Node; else: Node }

const Mode = z.enum(['half_up', 'half_even', 'up', 'down']).default('half_up')
const Unit = z.string().trim().max(20)
const NodeShape: z.ZodType<Node> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ input: Code }),
      z.strictObject({ number: Dec, unit: Unit.optional() }),
      z.strictObject({ op: z.enum(OPS), args: z.array(NodeShape).min(2).max(20) }),
      z.strictObject({ op: z.literal('round'), arg: NodeShape, to: Above0, mode: Mode }),
      z.strictObject({ op: z.literal('if'), test: TestShape, then: NodeShape, else: NodeShape }),
    ],
    '不是可用的算式:写 {"input"}、{"number","unit"}、{"op":"add|sub|mul|div|min|max","args"}、{"op":"round","arg","to","mode"} 或 {"op":"if","test","then","else"}',
  ),
)
const TestShape: z.ZodType<Test> = z.lazy(() =>
  z.union([
    z.strictObject({ op: z.enum(TESTS), args: z.tuple([NodeShape, NodeShape]) }),
    z.strictObject({ op: z.enum(['and', 'or']), args: z.array(TestShape).min(2).max(10) }),
    z.strictObject({ op: z.literal('not'), arg: TestShape }),
  ]),
) as z.ZodType<Test>

const DEPTH_MAX = 20
/** z.lazy would follow any depth a file has: the depth is counted first. */
const shallow = (v: unknown, depth = 0): boolean => depth <= DEPTH_MAX * 2 && (typeof v !== 'object' || v === null || Object.values(v).every((x) => shallow(x, depth + 1)))

export const FormulaSpec = z.strictObject({
  shape: z.literal('formula'),
  inputs: z.array(z.strictObject({ name: Code, zh: Name, unit: Unit.default(''), default: Dec.optional() })).min(1).max(30),
  expression: z.unknown().refine((v) => shallow(v), `算式嵌套不能超过 ${DEPTH_MAX} 层`).pipe(NodeShape),
})
export type FormulaSpec = z.output<typeof FormulaSpec>

type Units = Map<string, number>
/** '元/m²·月' is 元¹ m²⁻¹ 月⁻¹. */
function unitOf(text: string): Units {
  const units: Units = new Map()
  const [top = '', ...bottom] = text.replaceAll('²', '2').replaceAll('㎡', 'm2').replaceAll('³', '3').split('/')
  const count = (part: string, by: number) => {
    for (const u of part.split(/[·*×]/).map((x) => x.trim()).filter((x) => x !== '' && x !== '1')) units.set(u, (units.get(u) ?? 0) + by)
  }
  count(top, 1)
  for (const part of bottom) count(part, -1)
  return clean(units)
}
const clean = (u: Units): Units => new Map([...u].filter(([, n]) => n !== 0))
const said = (u: Units): string => {
  const side = (sign: 1 | -1) => [...u].filter(([, n]) => n * sign > 0).flatMap(([k, n]) => Array.from({ length: Math.abs(n) }, () => k)).sort().join('·')
  return `${side(1) || (side(-1) ? '1' : '无单位')}${side(-1) ? `/${side(-1)}` : ''}`
}
const sameUnits = (a: Units, b: Units): boolean => said(a) === said(b)

class UnitFault extends Error {}

function check(node: Node, inputs: ReadonlyMap<string, Units>): Units {
  if ('input' in node) {
    const unit = inputs.get(node.input)
    if (!unit) throw new UnitFault(`没有名为“${node.input}”的输入,可用:${[...inputs.keys()].join('、')}`)
    return unit
  }
  if ('number' in node) return unitOf(node.unit ?? '')
  if (node.op === 'round') return check(node.arg, inputs)
  if (node.op === 'if') {
    checkTest(node.test, inputs)
    return agreeing('if', [node.then, node.else], inputs)
  }
  if (node.op === 'mul' || node.op === 'div') {
    const [first, ...rest] = node.args.map((a) => check(a, inputs))
    const out = new Map(first)
    for (const units of rest) for (const [k, n] of units) out.set(k, (out.get(k) ?? 0) + (node.op === 'mul' ? n : -n))
    return clean(out)
  }
  return agreeing(node.op, node.args, inputs)
}
function agreeing(op: string, nodes: readonly Node[], inputs: ReadonlyMap<string, Units>): Units {
  const units = nodes.map((n) => check(n, inputs))
  const other = units.find((u) => !sameUnits(u, units[0]!))
  if (other) throw new UnitFault(`“${op}”两边单位不同:${said(units[0]!)} 与 ${said(other)}`)
  return units[0]!
}
function checkTest(test: Test, inputs: ReadonlyMap<string, Units>): void {
  if (isCompared(test)) agreeing(test.op, test.args, inputs)
  else for (const t of test.op === 'not' ? [test.arg] : test.args) checkTest(t, inputs)
}

/** What is wrong with the units, in Chinese; null when the result is 元. */
export function formulaFault(spec: FormulaSpec): string | null {
  try {
    const units = check(spec.expression, new Map(spec.inputs.map((i) => [i.name, unitOf(i.unit)])))
    return said(units) === '元' ? null : `算式的结果应为元,现在是 ${said(units)}`
  } catch (error) {
    if (error instanceof UnitFault) return error.message
    throw error
  }
}

function evaluated(node: Node, values: ReadonlyMap<string, Q>): Q {
  if ('input' in node) return values.get(node.input)!
  if ('number' in node) return exact(node.number)
  if (node.op === 'round') return roundTo(evaluated(node.arg, values), exact(node.to), node.mode)
  if (node.op === 'if') return evaluated(tested(node.test, values) ? node.then : node.else, values)
  const [first, ...rest] = node.args.map((a) => evaluated(a, values))
  const by = { add: plus, sub: minus, mul: times, min: least, max: most, div: divided }[node.op]
  return rest.reduce(by, first!)
}
function divided(a: Q, b: Q): Q {
  if (isZero(b)) throw new QuoteFault('expression', '算式里除数为 0')
  return over(a, b)
}
function tested(test: Test, values: ReadonlyMap<string, Q>): boolean {
  if (!isCompared(test)) {
    if (test.op === 'not') return !tested(test.arg, values)
    return test.op === 'and' ? test.args.every((t) => tested(t, values)) : test.args.some((t) => tested(t, values))
  }
  const c = compare(evaluated(test.args[0], values), evaluated(test.args[1], values))
  return { gt: c > 0, ge: c >= 0, lt: c < 0, le: c <= 0, eq: c === 0 }[test.op]
}

const SIGNS = { add: ' + ', sub: ' − ', mul: ' × ', div: ' ÷ ' } as const
const COMPARED = { gt: '>', ge: '≥', lt: '<', le: '≤', eq: '=' } as const
/** The formula in Chinese; with `values` it shows the numbers of a case. */
export function formulaText(spec: FormulaSpec, values?: ReadonlyMap<string, Q>): string {
  const of = new Map(spec.inputs.map((i) => [i.name, values ? `${i.zh} ${show(values.get(i.name)!)}${i.unit ? ` ${i.unit}` : ''}` : i.zh]))
  const text = (n: Node, inner = true): string => {
    if ('input' in n) return of.get(n.input) ?? n.input
    if ('number' in n) return `${n.number}${n.unit ? ` ${n.unit}` : ''}`
    if (n.op === 'round') return `取整(${text(n.arg, false)},${n.to})`
    if (n.op === 'if') return `若 ${testText(n.test)} 则 ${text(n.then)} 否则 ${text(n.else)}`
    if (n.op === 'min' || n.op === 'max') return `${n.op === 'min' ? '较小者' : '较大者'}(${n.args.map((a) => text(a, false)).join(',')})`
    const joined = n.args.map((a) => text(a)).join(SIGNS[n.op])
    return inner ? `(${joined})` : joined
  }
  const testText = (t: Test): string => {
    if (isCompared(t)) return `${text(t.args[0])} ${COMPARED[t.op]} ${text(t.args[1])}`
    return t.op === 'not' ? `非(${testText(t.arg)})` : t.args.map(testText).join(t.op === 'and' ? ' 且 ' : ' 或 ')
  }
  return text(spec.expression, false)
}

/** `days`: of a bill over a change of version, the days of this one. */
export function computeFormula(spec: FormulaSpec, values: Values, parts: Parts, days: { by: number; of: number } | null = null): void {
  const given = new Map(spec.inputs.map((i) => [i.name, values[i.name] === undefined && i.default !== undefined ? exact(i.default) : need(values, i.name, i.zh)]))
  const amount = evaluated(spec.expression, given)
  if (days) parts.add(`(${formulaText(spec, given)}) × ${days.by}/${days.of} 天`, times(amount, ratio(days.by, days.of)))
  else parts.add(formulaText(spec, given), amount)
}
