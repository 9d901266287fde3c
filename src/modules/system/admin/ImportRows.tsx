// The rows of an import: the bad ones with each bad cell and its reason, or all with what will happen to them.
import { Segmented } from 'antd'
import { useSearchState } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { system, type ImportDetail, type ImportRow } from '../contract.ts'
import { words } from '../words.ts'
import { EFFECT_TONES } from './tones.ts'

export function ImportRows({ b }: { b: ImportDetail }) {
  const [search, setSearch] = useSearchState()
  const only_bad = b.bad_count > 0 && search['rows'] !== 'all'
  return (
    <div className="hy-stack">
      {b.bad_count > 0 ? <Segmented aria-label="显示哪些行" value={only_bad ? 'bad' : 'all'} onChange={(v) => setSearch({ rows: v === 'all' ? 'all' : undefined, page: undefined })} options={[{ value: 'bad', label: `有错的 ${b.bad_count}` }, { value: 'all', label: `全部 ${b.row_count}` }]} /> : null}
      <Rows key={only_bad ? 'bad' : 'all'} b={b} only_bad={only_bad} />
    </div>
  )
}

function Rows({ b, only_bad }: { b: ImportDetail; only_bad: boolean }) {
  const list = useList(system.importRows, { fixed: { import_id: b.import_id, only_bad } })
  const zh = new Map(b.fields.map((f) => [f.key, f.zh]))
  const shown = b.mapping.slice(0, 12)
  const columns: readonly Column<ImportRow>[] = [
    { key: 'row_no', title: '行号', width: 70, always: true },
    only_bad
      ? { key: 'problems', title: '错误', width: 420, show: (r) => <div>{r.problems.map((p, i) => <div key={i} className="hy-red" style={{ whiteSpace: 'normal' }}>{p.zh}{p.cell ? `「${p.cell}」` : ''}:{p.reason}</div>)}</div> }
      : { key: 'effect', title: '将要', width: 90, show: (r) => (r.problems.length ? <span className="hy-red">有错</span> : r.effect ? <StateTag value={r.effect} words={words.states?.['import_effect']} tones={EFFECT_TONES} /> : '—') },
    ...(only_bad ? [] : [{ key: 'changes', title: '变化', width: 240, show: (r: ImportRow) => r.changes.map((c) => `${c.zh} ${c.before || '空'} → ${c.after || '空'}`).join(';') || '—' }]),
    ...shown.map((m) => ({
      key: `c${m.index}`, title: zh.get(m.field) ?? m.field, width: 120,
      show: (r: ImportRow) => <span className={r.problems.some((p) => p.field === m.field) ? 'hy-red hy-strong' : ''}>{r.raw[m.field] ?? r.raw[String(m.index)] ?? ''}</span>,
    })),
  ]
  return <ListPage {...list} inside title="导入明细" name={`system.import_rows.${only_bad ? 'bad' : 'all'}`} columns={columns} row_key="row_no" empty={{ text: only_bad ? '没有错误' : '没有数据行' }} />
}
