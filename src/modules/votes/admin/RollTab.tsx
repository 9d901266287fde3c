// The roll with who has voted; a ballot on paper is entered here.
import { Button, Input, Pagination, Segmented, Select, Space } from 'antd'
import { useState } from 'react'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { area, instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { votes, type VoterRow } from '../contract.ts'
import { said } from '../shown.ts'
import { BallotDrawer, RevealModal, SpokesmanModal } from './BallotDrawer.tsx'
import type { PollFull } from './PollPage.tsx'

const PAGE = 20
type Act = { kind: 'enter' | 'reveal' | 'spokesman'; row: VoterRow }
export function RollTab({ o }: { o: PollFull }) {
  const may = useMay()
  const [q, setQ] = useState('')
  const [voted, setVoted] = useState<string>('all')
  const [building_id, setBuilding] = useState<string>()
  const [page, setPage] = useState(1)
  const [act, setAct] = useState<Act>()
  const turnout = useRead(votes.turnout, { poll_id: o.poll_id })
  const list = useRead(votes.roll, { poll_id: o.poll_id, page, page_size: PAGE, ...(q ? { q } : {}), ...(voted === 'all' ? {} : { voted: voted === 'yes' }), ...(building_id ? { building_id } : {}) }, { keep: true })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  const over = o.state === 'closed' || o.state === 'published'
  const acts = (r: VoterRow) => (
    <Space size={4}>
      {o.can.enter === true && may('votes.ballot.enter') && r.voted_way !== 'app' ? <Button size="small" type={r.voted_way ? 'default' : 'primary'} onClick={() => setAct({ kind: 'enter', row: r })}>{r.voted_way ? '更正' : '录票'}</Button> : null}
      {o.can.enter === true && may('votes.ballot.enter') && !r.voted_way && r.person_count > 1 && !r.spokesman ? <Button size="small" onClick={() => setAct({ kind: 'spokesman', row: r })}>推选</Button> : null}
      {over && r.voted_way && may('votes.ballot.reveal') ? <Button size="small" onClick={() => setAct({ kind: 'reveal', row: r })}>查票</Button> : null}
      <Button size="small" href={fileUrl(votes.ballotPaper, { poll_id: o.poll_id, voter_id: r.voter_id })} target="_blank">打印票</Button>
    </Space>
  )
  const first = (): void => setPage(1)
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Input.Search aria-label="查找" placeholder="票号、姓名或房号" allowClear style={{ width: 220 }} maxLength={30} onSearch={(x) => { setQ(x.trim()); first() }} />
        <Segmented aria-label="是否已投" options={[{ value: 'all', label: '全部' }, { value: 'no', label: '未投' }, { value: 'yes', label: '已投' }]} value={voted} onChange={(x) => { setVoted(x); first() }} />
        <Select aria-label="楼栋" allowClear placeholder="全部楼栋" style={{ width: 150 }} value={building_id ?? null} onChange={(x: string | null) => { setBuilding(x ?? undefined); first() }} options={(turnout.data?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name }))} />
        <ExcelButton call={votes.rollExcel} input={{ poll_id: o.poll_id }} label="导出名册" />
        <Button href={fileUrl(votes.rollPaper, { poll_id: o.poll_id })} target="_blank">打印名册</Button>
        <Button href={fileUrl(votes.ballotPaper, { poll_id: o.poll_id, ...(building_id ? { building_id } : {}) })} target="_blank">{building_id ? '打印本栋纸质票' : '打印纸质票'}</Button>
      </div>
      <RowsTable label="名册" rows={list.data?.rows ?? []} row_key="voter_id" empty="没有符合的表决权人" columns={[
        { key: 'voter_no', title: '票号', width: 65 }, { key: 'name', title: '表决权人', width: 150, show: (r) => (r.spokesman ? `${r.name}(推选 ${r.spokesman})` : r.name) }, { key: 'kind', title: '性质', width: 95, show: (r) => said('voter', r.kind) }, { key: 'houses', title: '房号', width: 190 }, { key: 'area_m2', title: '面积', width: 105, show: (r) => area(r.area_m2) },
        { key: 'voted_way', title: '投票', width: 90, show: (r) => (r.voted_way ? `${said('way', r.voted_way)}${r.rounds > 1 ? `,第 ${r.rounds} 张` : ''}` : <span className="hy-muted">未投</span>) }, { key: 'voted_at', title: '时间', width: 140, show: (r) => (r.voted_at ? instant(r.voted_at) : '—') }, { key: 'act', title: '操作', width: 210, show: acts },
      ]} />
      {list.data && list.data.total > PAGE ? <Pagination current={page} pageSize={PAGE} total={list.data.total} showSizeChanger={false} showTotal={(n) => `共 ${n} 人`} onChange={setPage} /> : null}
      {act?.kind === 'enter' ? <BallotDrawer key={act.row.voter_id} o={o} row={act.row} close={() => setAct(undefined)} /> : null}
      {act?.kind === 'spokesman' ? <SpokesmanModal o={o} row={act.row} close={() => setAct(undefined)} /> : null}
      {act?.kind === 'reveal' ? <RevealModal o={o} row={act.row} close={() => setAct(undefined)} /> : null}
    </div>
  )
}
