// What an audit row kept: for every note the fields before and after, then what was sent.
import { Table } from 'antd'

type Fields = Record<string, unknown>
interface Note {
  subject_type?: string
  subject_id?: string
  before?: unknown
  after?: unknown
  [other: string]: unknown
}
const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
const text = (v: unknown): string => (v === undefined || v === null ? '—' : typeof v === 'string' ? v : JSON.stringify(v))

interface Line {
  key: string
  before: string
  after: string
}
export function linesOf(before: unknown, after: unknown): Line[] {
  if (!isFields(before) && !isFields(after)) return [{ key: '内容', before: text(before), after: text(after) }]
  const b = isFields(before) ? before : {}
  const a = isFields(after) ? after : {}
  return [...new Set([...Object.keys(b), ...Object.keys(a)])].map((key) => ({ key, before: text(b[key]), after: text(a[key]) })).filter((l) => l.before !== l.after)
}

export function Changes({ detail }: { detail: unknown }) {
  const d = isFields(detail) ? detail : {}
  const notes = Array.isArray(d['notes']) ? (d['notes'] as Note[]) : []
  return (
    <>
      {notes.map((n, i) => <NoteBlock key={i} n={n} />)}
      <section>
        <h2>提交内容</h2>
        <pre className="hy-pre">{JSON.stringify(d['input'] ?? detail ?? null, null, 2)}</pre>
      </section>
    </>
  )
}

function NoteBlock({ n }: { n: Note }) {
  const kept = isFields(n['detail']) ? (n['detail'] as Note) : n
  const { before, after, subject_type, subject_id, ...rest } = { ...kept, subject_type: n.subject_type, subject_id: n.subject_id }
  const others = Object.fromEntries(Object.entries(rest).filter(([k, v]) => v !== undefined && k !== 'detail'))
  const changes = before !== undefined || after !== undefined ? linesOf(before, after) : []
  return (
    <section className="hy-stack">
      <h2>{subject_type} <span className="hy-muted">{subject_id}</span></h2>
      {changes.length ? (
        <Table<Line>
          size="small" pagination={false} rowKey="key" dataSource={changes} tableLayout="fixed"
          columns={[{ title: '字段', dataIndex: 'key', width: 130 }, { title: '修改前', dataIndex: 'before' }, { title: '修改后', dataIndex: 'after' }]}
        />
      ) : null}
      {Object.keys(others).length ? <pre className="hy-pre">{JSON.stringify(others, null, 2)}</pre> : null}
    </section>
  )
}
