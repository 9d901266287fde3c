// 投诉: what is mine, what waits for anybody, what I answered.
import { Button } from 'antd-mobile'
import type { ReactNode } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { go, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { care, type ComplaintRow } from '../contract.ts'
import { DueMark, StateMark } from '../parts.tsx'

const SHOWN = 50
const POLL_MS = 30_000
type Box = 'mine' | 'open' | 'done'
const EMPTY: Record<Box, [string, string]> = { mine: ['手上没有投诉', '派给您的和您受理的会显示在这里'], open: ['没有待受理的', '新的投诉建议会显示在这里'], done: ['还没有答复过', '答复后会显示在这里'] }

export function CasesPage({ tabs }: { tabs: ReactNode }) {
  const asked = useQueryText('box')
  const box: Box = asked === 'open' || asked === 'done' ? asked : 'mine'
  const set = useQuerySetter()
  const list = useRead(care.myCases, { box, page_size: SHOWN }, { keep: true, refresh_ms: POLL_MS })
  const n = list.data?.counts
  return (
    <Page title="投诉建议" back="/" tabs={tabs}>
      <Chips label="投诉" choices={[{ value: 'mine', label: `我的${n ? ` ${n.mine}` : ''}` }, { value: 'open', label: `待受理${n ? ` ${n.open}` : ''}` }, { value: 'done', label: '已答复' }]} value={box} choose={(v) => set('box', v === 'mine' ? undefined : v)} />
      {n && n.late > 0 && box === 'mine' ? <p className="ph-red ph-strong" role="status">有 {n.late} 件已超时</p> : null}
      <Loaded reading={list}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="mail" title={EMPTY[box][0]} text={EMPTY[box][1]} /> : <ul className="ph-section">{rows.map((o) => <li key={o.complaint_id}><Row o={o} take={box === 'open'} /></li>)}</ul>)}</Loaded>
    </Page>
  )
}
function Row({ o, take }: { o: ComplaintRow; take: boolean }) {
  const accept = useWrite(care.acceptComplaint, { done: '已受理' })
  return (
    <section className="ph-list" aria-label={`${o.kind} ${o.words}`}>
      <RowLink to={`/care/${o.complaint_id}`} title={<span className="ph-line"><span className="ph-strong">{o.kind}</span>{o.unnamed ? <Tag>匿名</Tag> : null}{o.round_no > 1 ? <Tag kind="warn">重开</Tag> : null}</span>} under={<>{o.place ? `${o.place} · ` : ''}{o.words}<br /><DueMark row={o} /></>} side={<StateMark state={o.state} />} />
      {take ? <Button className="ph-big" block color="primary" loading={accept.running} onClick={() => void accept.run({ complaint_id: o.complaint_id }).then((done) => (done ? go(`/care/${o.complaint_id}`) : undefined))}>受理</Button> : null}
    </section>
  )
}
