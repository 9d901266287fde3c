// House rules that a machine can hold. Each rule is a function over sources; tests/guards plants a fault for each.
import type { Finding } from './walls.ts'

interface Source {
  file: string
  text: string
}
type Rule = (s: Source) => string[]

const isTest = (f: string) => /\.test\.tsx?$|^tests\//.test(f)
const moduleOf = (f: string) => /^src\/modules\/(\w+)\//.exec(f)?.[1]
const lines = (text: string, pattern: RegExp): string[] =>
  text.split('\n').flatMap((l, i) => (pattern.test(l) && !/^\s*(\/\/|\*|\/\*)/.test(l) ? [`line ${i + 1}: ${l.trim().slice(0, 120)}`] : []))

/** The ones over 400 lines. This list may only shrink. */
const LONG: string[] = ['src/modules/billing/server/billing.test.ts']

const rules: Record<string, Rule> = {
  'write only at home': ({ file, text }) => {
    const m = moduleOf(file)
    if (!m || !file.includes('/server/') || isTest(file)) return []
    const hits = [...text.matchAll(/(?:insertInto|updateTable|deleteFrom)\(\s*['"](\w+)\.|\b(?:insert\s+into|delete\s+from|update)\s+(\w+)\.\w/gi)]
    return hits.map((h) => h[1] ?? h[2]!).filter((schema) => schema !== m && !(schema === 'pg_temp')).map((schema) => `writes to ${schema}`)
  },
  'no clock outside the kernel': ({ file, text }) => (/^src\/(kernel|ui|apps|cli)\/|^src\/world\/outside\//.test(file) || isTest(file) || !file.startsWith('src/') ? [] : lines(text, /\bDate\.now\(\)|new Date\(\)|performance\.now\(\)/)),
  // An instant is stored in UTC: cut as text it is eight hours early, and before eight in the morning a day.
  'no instant cut as text': ({ file, text }) => (file.startsWith('src/modules/') && !isTest(file) ? lines(text, /(_at|\bnow)[?!]?\.slice\(0, 1\d\)/) : []),
  'no float in a money path': ({ file, text }) => (/^src\/modules\/(billing|payment|ledger|funds)\//.test(file) && !isTest(file) ? lines(text, /\bparseFloat\(|\.toFixed\(|_fen\s*[*/]\s*\d|\bMath\.round\([^)]*_fen/) : []),
  // Sentences show an amount as the screens do: 1,234.50.
  'amounts in sentences are grouped': ({ file, text }) => (file.startsWith('src/modules/') && !isTest(file) ? lines(text, /\$\{yuan\((?:[^{}]|\{[^{}]*\})*\)\} ?元|scope\.refuse\([^;]*\byuan\(/) : []),
  'no leftover marks': ({ file, text }) => (file.startsWith('tools/lint/') || file.startsWith('tests/guards/') ? [] : lines(text, /\b(TODO|FIXME|XXX)\b|\b(test|describe|it)\.(only|skip)\(/)),
  'no machine path, no registry host': ({ file, text }) => (file.startsWith('tools/lint/') || file.startsWith('tests/guards/') ? [] : lines(text, /(?<![\w.])\/(work|home|root|Users)\/\w|registry\.\w+\.(org|com)/)),
  'files stay under 400 lines': ({ file, text }) => (text.split('\n').length > 401 && !LONG.includes(file) && !/db_types\.ts$|\.sql$/.test(file) ? [`${text.split('\n').length} lines`] : []),
  'no string-built SQL': ({ file, text }) => (/^src\/modules\/\w+\/server\//.test(file) && !isTest(file) ? lines(text, /\bsql\.raw\((?!['"`][^$]*['"`]\))/) : []),
  'no mocks of our own code': ({ file, text }) => (file.startsWith('tests/guards/') ? [] : lines(text, /\bvi\.(mock|spyOn|stubGlobal)\(/)),
}

export function tidy(sources: Source[]): Finding[] {
  return sources.flatMap((s) => Object.entries(rules).flatMap(([rule, run]) => run(s).map((detail) => ({ rule, file: s.file, detail }))))
}
export const tidyRules = Object.keys(rules)

const SECTIONS = [/own/i, /clock/i, /invariant/i, /who may|who sees|rows|see/i]
/** A module's README says what it owns, its clocks, invariants and who may see. `readme` is null where there is none. */
export function readmeFindings(module: string, readme: string | null): Finding[] {
  const file = `src/modules/${module}/README.md`
  if (readme === null) return [{ rule: 'every module has its README', file, detail: 'missing' }]
  const missing = SECTIONS.filter((s) => !s.test(readme)).map(String)
  const long = readme.split('\n').length > 81 ? ['more than 80 lines'] : []
  return [...missing, ...long].map((detail) => ({ rule: 'every module has its README', file, detail }))
}
