// `quote` prices cases by a tariff file, without a database: the same engine as the charge run and the workshop.
import { readFileSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { faultText } from '../kernel/json_place.ts'
import { parseTariff, quoteCases, type CaseResult } from '../modules/tariff/rules/index.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'

export const name = 'quote'
export const summary_zh = '按价目文件试算案例,输出金额与计算过程(不需要数据库)'
export const usage = `quote --tariff <价目.json> --cases <案例.json>

  --tariff   价目文件(JSON),格式见 docs/tariffs.md
  --cases    案例文件(JSON 数组);案例写 expect(元)时比对金额

  输出一个 JSON 数组,每个案例一项:id、amount_fen(分)、lines(逐行计算过程,各行 amount_fen 之和等于 amount_fen)、components(分项)。
  有误的案例输出 id 与 error(field 字段、reason 原因)。
  退出码:0 全部算出(写了 expect 的全部相符);1 价目有误、有案例有误或与 expect 不符;2 用法错误。例如:
  npm run -s heyuan -- quote --tariff tariff.json --cases cases.json`

const BYTES_MAX = 20_000_000
const CASES_MAX = 100_000

function readJson(path: string, what: string): unknown {
  let text: string
  try {
    if (statSync(path).isDirectory()) throw new RefusedError(`${what} ${path} 是一个文件夹,请写文件的路径。`)
    if (statSync(path).size > BYTES_MAX) throw new RefusedError(`${what} ${path} 超过 ${BYTES_MAX / 1_000_000} MB。`)
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof RefusedError) throw error
    throw new RefusedError(`读不到${what} ${path}:请检查路径。`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new RefusedError(`${what} ${path} 不是有效的 JSON${faultText(text)}:请检查逗号、引号与括号,数值写成文本或普通数字(不能写 NaN、Infinity),文件存为 UTF-8。`)
  }
}

/** A file may hold both halves, as the examples under docs/tariffs do. */
const half = (raw: unknown, key: 'tariff' | 'cases'): unknown => (typeof raw === 'object' && raw !== null && 'tariff' in raw && 'cases' in raw ? (raw as Record<string, unknown>)[key] : raw)

function printed(r: CaseResult): Record<string, unknown> {
  if ('error' in r) return { id: r.id, error: { field: r.error.field, reason: r.error.reason } }
  const many = r.quote.components.length > 1
  return {
    id: r.id,
    amount_fen: r.amount_fen,
    lines: r.quote.lines.map((l) => ({ ...(many ? { component: l.component } : {}), text: l.text, amount_fen: l.amount_fen })),
    components: r.quote.components.map(({ lines: _l, ...c }) => ({ code: c.code, name: c.name, amount_fen: c.amount_fen, account_code: c.account_code, income_owner: c.income_owner, ...(c.payers ? { payers: c.payers } : {}) })),
    ...(r.expect_fen === null ? {} : { expect_fen: r.expect_fen, as_expected: r.expect_fen === r.amount_fen }),
  }
}

export function run(args: string[], _out: Out): Promise<number> {
  const { values } = parseArgs({ args, options: { tariff: { type: 'string' }, cases: { type: 'string' } } })
  if (!values.tariff || !values.cases) throw new UsageError('要写 --tariff <价目.json> 与 --cases <案例.json>')
  const { tariff, faults } = parseTariff(half(readJson(values.tariff, '价目文件'), 'tariff'))
  if (faults) throw new RefusedError(`价目文件 ${values.tariff} 有 ${faults.length} 处错误:\n${faults.map((f) => `  ${f.field}:${f.reason}`).join('\n')}`)
  const raw = readJson(values.cases, '案例文件')
  const list = Array.isArray(raw) ? raw : typeof raw === 'object' && raw !== null && Array.isArray((raw as { cases?: unknown }).cases) ? (raw as { cases: unknown[] }).cases : null
  if (!list) throw new RefusedError(`案例文件 ${values.cases} 应为 JSON 数组(或 {"cases": [...]})。`)
  if (list.length > CASES_MAX) throw new RefusedError(`一次最多 ${CASES_MAX} 个案例,文件里有 ${list.length} 个。`)
  const results = quoteCases(tariff, list)
  // The array is the whole answer, with or without --json: scripts read it from a pipe.
  process.stdout.write(`[\n${results.map((r) => JSON.stringify(printed(r))).join(',\n')}\n]\n`)
  const good = results.every((r) => !('error' in r) && (r.expect_fen === null || r.expect_fen === r.amount_fen))
  return Promise.resolve(good ? EXIT.ok : EXIT.refused)
}
