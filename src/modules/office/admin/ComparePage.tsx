// 对比版本: line by line, what went and what came.
import { Go, useParam, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import '../rule.css'
import { office } from '../contract.ts'

const LABEL = { ' ': '', '-': '删去', '+': '新增' } as const
const CLASS = { ' ': '', '-': 'of-old', '+': 'of-new' } as const
export default function ComparePage() {
  const doc_id = useParam('doc_id')
  const [search] = useSearchState()
  const q = useRead(office.compare, { older_id: search['older'] ?? '', newer_id: search['newer'] ?? '' })
  const c = q.data
  return (
    <ReadPage title={c ? `${c.newer.title}:第 ${c.older.version_no} 版与第 ${c.newer.version_no} 版` : '对比版本'} loading={q.loading} error={q.error} retry={q.retry}>
      {c ? (
        <div className="hy-card hy-stack">
          <div><Go to={`/office/rules/${doc_id}?tab=versions`}>返回历次版本</Go></div>
          <p>{c.changed_count === 0 ? '正文没有不同' : `正文有 ${c.changed_count} 行不同`}{c.older.title === c.newer.title ? '' : `;名称由「${c.older.title}」改为「${c.newer.title}」`};修订说明:{c.newer.change_note}</p>
          <div className="of-diff" role="table" aria-label="正文对比">{c.lines.map((l, i) => <div key={i} role="row" className={CLASS[l.sign]}><span role="cell" className="hy-muted">{LABEL[l.sign]}</span><span role="cell">{l.text}</span></div>)}</div>
        </div>
      ) : null}
    </ReadPage>
  )
}
