// Migration lint by PostgreSQL's own parser: what the statements of db/migrations say, before any of them has run. The catalogue lint
// (schema.ts) sees what stands afterwards; it cannot see how it came about, nor what a distributed engine would refuse on the way
// (Citus, database.md 6c). Bodies of functions and DO blocks are texts to the parser and are not looked into.
import { parse } from 'libpg-query'
import type { Finding } from './walls.ts'

type Node = Record<string, unknown>
interface Seen {
  kind: string
  node: Node
  /** The statement it stands in. */
  statement: string
  /** It is the statement itself: `set search_path` of a function is another thing than SET. */
  top?: boolean
}
type Rule = (s: Seen) => string | undefined

const isNode = (v: unknown): v is Node => typeof v === 'object' && v !== null && !Array.isArray(v)
const list = (v: unknown): Node[] => (Array.isArray(v) ? (v as unknown[]).filter(isNode) : [])
const inside = (n: Node, kind: string): Node | undefined => (isNode(n[kind]) ? (n[kind] as Node) : undefined)

/** Every node of a tree by its kind: `{ CreateStmt: {…} }`. */
function* nodes(value: unknown, statement: string): Generator<Seen> {
  if (Array.isArray(value)) for (const v of value) yield* nodes(v, statement)
  else if (isNode(value))
    for (const [kind, node] of Object.entries(value)) {
      if (isNode(node) && /^[A-Z]/.test(kind)) yield { kind, node, statement }
      yield* nodes(node, statement)
    }
}

const namesIn = (v: unknown): string => list(v).map((n) => String(inside(n, 'String')?.['sval'] ?? '')).join('.')
/** Functions whose value depends on when or where they run. */
const STABLE = new Set(['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'current_setting', 'random', 'gen_random_uuid', 'nextval', 'pg_current_xact_id', 'timeofday'])
const VOLATILE = new Set(['clock_timestamp', 'random', 'gen_random_uuid', 'nextval', 'timeofday'])
function calls(value: unknown, of: ReadonlySet<string>): string | undefined {
  for (const { kind, node } of nodes(value, '')) {
    if (kind === 'FuncCall') {
      const name = namesIn(node['funcname']).split('.').at(-1) ?? ''
      if (of.has(name)) return `${name}()`
    }
    if (kind === 'SQLValueFunction' && of.has('now')) return 'current_timestamp'
  }
  return undefined
}
const columnOf = (n: Node): Node | undefined => inside(n, 'ColumnDef')
const constraintsOf = (column: Node): Node[] => list(column['constraints']).flatMap((c): Node[] => { const own = inside(c, 'Constraint'); return own ? [own] : [] })
const typeOf = (column: Node): string => (isNode(column['typeName']) ? (namesIn(column['typeName']['names']).split('.').at(-1) ?? '') : '')
const added = (s: Seen): Node | undefined => (s.kind === 'AlterTableCmd' && s.node['subtype'] === 'AT_AddColumn' && isNode(s.node['def']) ? columnOf(s.node['def']) : undefined)

const RULES: Record<string, Rule> = {
  'no now() in ON CONFLICT DO UPDATE: take excluded': ({ kind, node }) => (kind === 'OnConflictClause' || isNode(node['onConflictClause']) ? calls((isNode(node['onConflictClause']) ? node['onConflictClause'] : node)['targetList'], STABLE) : undefined),
  'no volatile value in UPDATE: pass it': ({ kind, node }) => (kind === 'UpdateStmt' ? calls(node['targetList'], VOLATILE) : undefined),
  'SET only LOCAL': ({ kind, node, top }) => (kind === 'VariableSetStmt' && top && node['is_local'] !== true ? String(node['name'] ?? 'SET') : undefined),
  'no GRANT ON ALL TABLES': ({ kind, node }) => (kind === 'GrantStmt' && node['targtype'] === 'ACL_TARGET_ALL_IN_SCHEMA' ? 'ALL IN SCHEMA' : undefined),
  'ADD COLUMN carries no constraint: add it by name': (s) => added(s) && constraintsOf(added(s)!).map((c) => String(c['contype'])).find((t) => !['CONSTR_NOTNULL', 'CONSTR_NULL', 'CONSTR_DEFAULT'].includes(t)),
  'ADD COLUMN NOT NULL has a default': (s) => {
    const kinds = added(s) ? constraintsOf(added(s)!).map((c) => String(c['contype'])) : []
    return kinds.includes('CONSTR_NOTNULL') && !kinds.includes('CONSTR_DEFAULT') ? String(added(s)!['colname']) : undefined
  },
  'no serial, no identity below bigint': ({ kind, node }) => {
    if (kind !== 'ColumnDef') return undefined
    const identity = constraintsOf(node).some((c) => c['contype'] === 'CONSTR_IDENTITY')
    return /serial/.test(typeOf(node)) || (identity && typeOf(node) !== 'int8') ? `${String(node['colname'])} ${typeOf(node)}` : undefined
  },
  'a constraint is not renamed': ({ kind, node }) => (kind === 'RenameStmt' && node['renameType'] === 'OBJECT_TABCONSTRAINT' ? String(node['newname']) : undefined),
  'no inheritance': ({ kind, node }) => (kind === 'CreateStmt' && list(node['inhRelations']).length > 0 && node['partbound'] === undefined ? 'INHERITS' : undefined),
  'one level of partitions': ({ kind, node }) => (kind === 'CreateStmt' && node['partbound'] !== undefined && node['partspec'] !== undefined ? 'PARTITION OF … PARTITION BY' : undefined),
  'no triggers, rules, enums or listening': ({ kind }) => (['CreateTrigStmt', 'RuleStmt', 'CreateEnumStmt', 'ListenStmt'].includes(kind) ? kind : undefined),
  'no ON DELETE SET NULL or DEFAULT': ({ kind, node }) => (kind === 'Constraint' && node['contype'] === 'CONSTR_FOREIGN' && ['n', 'd'].includes(String(node['fk_del_action'])) ? 'ON DELETE SET' : undefined),
  'a foreign key names its columns and carries the company': ({ kind, node, statement }) => {
    if (kind !== 'CreateStmt' || !/\bcompany_id\b/.test(statement)) return undefined
    for (const element of list(node['tableElts'])) {
      const column = columnOf(element)
      const own = inside(element, 'Constraint')
      const foreign = (c: Node) => c['contype'] === 'CONSTR_FOREIGN'
      if (column && column['colname'] !== 'company_id' && constraintsOf(column).some((c) => foreign(c) && !platform(c))) return String(column['colname'])
      if (own && foreign(own) && !platform(own) && !namesIn(own['fk_attrs']).split('.').includes('company_id')) return namesIn(own['fk_attrs'])
    }
    return undefined
  },
  'one transaction, and it is ours': ({ kind }) => (kind === 'TransactionStmt' ? 'BEGIN or COMMIT' : undefined),
}
/** References to the platform's own tables, which have no company (tools/lint/schema.ts). */
function platform(c: Node): boolean {
  const t = isNode(c['pktable']) ? c['pktable'] : {}
  return t['schemaname'] === 'identity' && ['account', 'company'].includes(String(t['relname']))
}

/** Applied before the rule was there: a landed migration is never edited. This list may only shrink. */
const KNOWN = new Set(['0030_meters_whole.sql', '0061_pay_ways.sql', '0070_books.sql'].map((f) => `${f} ADD COLUMN carries no constraint: add it by name`))

export async function migrationFindings(files: readonly { name: string; sql: string }[]): Promise<Finding[]> {
  const out: Finding[] = []
  for (const f of files) {
    const bytes = Buffer.from(f.sql)
    for (const raw of (await parse(f.sql)).stmts ?? []) {
      const from = raw.stmt_location ?? 0
      const statement = bytes.subarray(from, raw.stmt_len ? from + raw.stmt_len : undefined).toString()
      const line = bytes.subarray(0, from).toString().split('\n').length + (/^\s*/.exec(statement)?.[0].split('\n').length ?? 1) - 1
      const seen = new Set<string>()
      for (const s of nodes(raw.stmt, statement))
        for (const [rule, find] of Object.entries(RULES)) {
          const detail = find({ ...s, top: isNode(raw.stmt) && s.node === Object.values(raw.stmt)[0] })
          if (detail === undefined || seen.has(`${rule} ${detail}`) || KNOWN.has(`${f.name} ${rule}`)) continue
          seen.add(`${rule} ${detail}`)
          out.push({ rule, file: `db/migrations/${f.name}:${line}`, detail })
        }
    }
  }
  return out
}
export const migrationRules = Object.keys(RULES)
