// The published list: a code, an area, the choices; nobody's name.
import { Input } from 'antd'
import { useState } from 'react'
import { Pagination } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock } from '../../../ui/states.tsx'
import { votes } from '../contract.ts'
import { said } from '../shown.ts'
import type { PollFull } from './PollPage.tsx'

const PAGE = 50
export function ListTab({ o }: { o: PollFull }) {
  const [code, setCode] = useState('')
  const [page, setPage] = useState(1)
  const list = useRead(votes.list, { poll_id: o.poll_id, page, page_size: PAGE, ...(code ? { code } : {}) }, { keep: true })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  return (
    <div className="hy-stack">
      <div className="hy-line"><Input.Search aria-label="回执码" placeholder="回执码,或其开头几位" allowClear style={{ width: 300 }} maxLength={40} onSearch={(x) => { setCode(x.trim()); setPage(1) }} /><ExcelButton call={votes.listExcel} input={{ poll_id: o.poll_id }} label="导出名单" /><span className="hy-muted">名单摘要 {o.list_hash?.slice(0, 16)}</span></div>
      <RowsTable label="公布名单" rows={list.data?.rows ?? []} row_key="receipt_code" empty="没有符合的票" columns={[{ key: 'receipt_code', title: '回执码', width: 240, show: (r) => <span className="hy-num">{r.receipt_code}</span> }, { key: 'area_m2', title: '面积', width: 110 }, ...o.motions.map((m) => ({ key: `m${m.motion_no}`, title: `${m.motion_no}. ${m.title}`, width: 180, show: (r: { choices: Record<string, string> }) => (r.choices[m.motion_no] ? said('choice', r.choices[m.motion_no]!) : '未表决') }))]} />
      {list.data && list.data.total > PAGE ? <Pagination current={page} pageSize={PAGE} total={list.data.total} showSizeChanger={false} onChange={setPage} /> : null}
    </div>
  )
}
