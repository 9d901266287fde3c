// The rows of an import: the bad ones with each bad cell and its reason, or all with what will happen to them.
import { Segmented } from 'antd'
import { useSearchState } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count } from '../../../ui/format.ts'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { system, type ImportDetail, type ImportRow } from '../contract.ts'
import { words } from '../words.ts'
import { EFFECT_TONES } from './tones.ts'
import './imports.css'

type Which = 'bad' | 'all' | 'new' | 'change' | 'same'

export function ImportRows({ b }: { b: ImportDetail }) {
  const [search, setSearch] = useSearchState()
  const all: { value: Which; label: string; n: number }[] = [
    { value: 'bad', label: '有错', n: b.bad_count },
    { value: 'all', label: '全部', n: b.row_count },
    ...(['new', 'change', 'same'] as const).map((value) => ({ value, label: words.states?.['import_effect']?.[value] ?? value, n: b.counts[value] })),
  ]
  const options = all.filter((o) => o.n > 0 || o.value === 'all')
  const which = options.find((o) => o.value === search['rows'])?.value ?? options[0]!.value
  return (
    <div className="hy-card hy-stack">
      <div><Segmented aria-label="显示哪些行" value={which} onChange={(v) => setSearch({ rows: v, page: undefined })} options={options.map((o) => ({ value: o.value, label: `${o.label} ${count(o.n)}` }))} /></div>
      <Rows key={which} b={b} which={which} />
    </div>
  )
}

function Rows({ b, which }: { b: ImportDetail; which: Which }) {
  const bad = which === 'bad'
  const list = useList(system.importRows, { fixed: { import_id: b.import_id, only_bad: bad, ...(which === 'new' || which === 'change' || which === 'same' ? { effect: which } : {}) } })
  const zh = new Map(b.fields.map((f) => [f.key, f.zh]))
  const changes: Column<ImportRow> = { key: 'changes', title: '变化', width: 260, show: (r) => <div className="im-lines">{r.changes.map((c, i) => <div key={i}>{c.zh}:{c.before || '空'} → {c.after || '空'}</div>)}</div> }
  const columns: readonly Column<ImportRow>[] = [
    { key: 'row_no', title: '行号', width: 70, always: true },
    bad
      ? { key: 'problems', title: '错误原因', width: 440, show: (r) => <div className="im-lines">{r.problems.map((p, i) => <div key={i}><strong>{p.zh}</strong>:{p.reason}</div>)}</div> }
      : { key: 'effect', title: '将要', width: 84, show: (r) => (r.problems.length ? <span className="hy-red">有错</span> : r.effect ? <StateTag value={r.effect} words={words.states?.['import_effect']} tones={EFFECT_TONES} /> : '—') },
    ...(which === 'change' || (which === 'all' && b.counts.change > 0) ? [changes] : []),
    ...b.mapping.toSorted((x, y) => x.index - y.index).map((m): Column<ImportRow> => ({ key: `c${m.index}`, title: zh.get(m.field) ?? m.field, width: 120, show: (r) => <Cell row={r} field={m.field} /> })),
  ]
  return <ListPage {...list} inside title="导入明细" name={`system.import_rows.${bad ? 'bad' : 'all'}`} columns={columns} row_key="row_no" empty={{ text: bad ? '没有错误' : '没有数据行' }} />
}

function Cell({ row, field }: { row: ImportRow; field: string }) {
  const reasons = row.problems.filter((p) => p.field === field).map((p) => p.reason)
  const text = row.raw[field] ?? ''
  return reasons.length ? <span className="im-bad" title={reasons.join(';')}>{text || '(空)'}</span> : <span title={text}>{text}</span>
}
