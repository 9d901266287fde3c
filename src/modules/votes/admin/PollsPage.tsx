import { Button } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { votes, type PollRow } from '../contract.ts'
import { POLL_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { PollDrawer } from './PollDrawer.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['poll']!) }]
const COLUMNS: readonly Column<PollRow>[] = [
  { key: 'title', title: '名称', width: 240, always: true }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['poll']} tones={POLL_TONE} /> }, { key: 'community_name', title: '小区', width: 110 }, { key: 'kind', title: '会议', width: 90, show: (r) => said('kind', r.kind) }, { key: 'organiser_name', title: '组织者', width: 170 },
  { key: 'motion_count', title: '议题', width: 65 }, { key: 'opens_at', title: '开始', width: 145, show: (r) => instant(r.opens_at) }, { key: 'closes_at', title: '截止', width: 145, show: (r) => instant(r.closes_at) },
  { key: 'voted_count', title: '已投 / 应参加', width: 110, align: 'right', show: (r) => (r.eligible_count === null ? '—' : `${count(r.voted_count)} / ${count(r.eligible_count)}`) }, { key: 'publish_by', title: '应公布', width: 110, show: (r) => (r.publish_by ? <span className={r.late ? 'hy-red hy-strong' : ''}>{r.publish_by}</span> : '—') },
]
export default function PollsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const list = useList(votes.polls, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage {...list} title="业主大会表决" name="votes.polls" columns={COLUMNS} row_key="poll_id" href={(r) => `/votes/${r.poll_id}`} empty={{ text: '还没有表决' }} actions={may('votes.poll.write') ? <Button type="primary" onClick={() => setAdding(true)}>起草表决</Button> : null} />
      {adding ? <PollDrawer close={() => setAdding(false)} done={(poll_id) => go(`/votes/${poll_id}`)} /> : null}
    </>
  )
}
