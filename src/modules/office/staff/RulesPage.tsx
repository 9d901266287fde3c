// 制度与 SOP on the phone: unread first, found by words in the text.
import { Button } from 'antd-mobile'
import { useDeferredValue, useState } from 'react'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { office, type MyRule } from '../contract.ts'

function Mark({ r }: { r: MyRule }) {
  if (!r.required) return null
  if (r.late) return <Tag kind="bad">逾期未读</Tag>
  if (r.must_confirm ? r.confirmed_at !== null : r.read_at !== null) return <Tag kind="good">{r.confirmed_at ? '已确认' : '已读'}</Tag>
  return <Tag kind="warn">{r.read_at ? '待确认' : '待读'}</Tag>
}
export function RulesPage() {
  const [typed, setTyped] = useState('')
  const q = useDeferredValue(typed.trim())
  const list = useGrowing(office.myRules, q ? { q } : {})
  return (
    <Page title="制度与 SOP" back="/">
      <input className="ph-input" type="search" aria-label="查找制度" placeholder="查编号、名称、正文" maxLength={40} value={typed} onChange={(e) => setTyped(e.target.value)} />
      <Loaded reading={list}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title={q ? '没有找到' : '没有要读的制度'} /> : (
          <>
            <div className="ph-list">{rows.map((r) => <RowLink key={r.doc_id} title={<span className="ph-line">{r.title}<Mark r={r} /></span>} under={r.excerpt ? `…${r.excerpt}…` : `${r.no} 第 ${r.version_no} 版 · ${r.class_name}${r.required && r.due_on ? ` · ${r.due_on} 前读完` : ''}`} to={`/office/mine/${r.doc_id}`} />)}</div>
            {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更多</Button> : null}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
