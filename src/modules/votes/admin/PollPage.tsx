// One vote: its motions, the roll with the ballots that come in, the count, the published list.
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { Figure, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { area, count, instant } from '../../../ui/format.ts'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { votes } from '../contract.ts'
import { POLL_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { ListTab } from './ListTab.tsx'
import { PollDrawer } from './PollDrawer.tsx'
import { RollTab } from './RollTab.tsx'
import { TallyTab } from './TallyTab.tsx'

export type PollFull = Out<typeof votes.poll.gives>
export default function PollPage() {
  const poll_id = useParam('poll_id')
  const may = useMay()
  const reading = useRead(votes.poll, { poll_id })
  const announce = useWrite(votes.announcePoll, { done: '已公示' })
  const open = useWrite(votes.openPoll, { done: (a) => `已开启,应参加 ${a.eligible_count} 人` })
  const publish = useWrite(votes.publishPoll, { done: (a) => `已公布,名单 ${a.listed_count} 行` })
  const close = useWrite(votes.closePoll, { done: '已截止计票' })
  const cancel = useWrite(votes.cancelPoll, { in_form: true, done: '已取消' })
  const extend = useWrite(votes.extendPoll, { in_form: true, done: '已延长' })
  const [doing, setDoing] = useState<'edit' | 'cancel' | 'extend'>()
  const o = reading.data
  const ask = async (title: string, content: string, ok: string, run: () => Promise<unknown>): Promise<void> => { if (await confirm({ title, content, ok })) await run() }
  const stop = (): void => { setDoing(undefined); cancel.reset(); extend.reset() }
  const has = (x: 'edit' | 'announce' | 'open' | 'extend' | 'close' | 'publish' | 'cancel'): boolean => o?.can[x] === true
  const rolled = o?.roll_hash !== null
  return (
    <>
      <DetailPage
        title={o?.title ?? '表决'} loading={reading.loading} error={reading.error} retry={reading.retry} back="/votes" tags={o ? <StateTag value={o.state} words={words.states?.['poll']} tones={POLL_TONE} /> : null}
        actions={o ? <>
          {has('edit') ? <Button onClick={() => setDoing('edit')}>修改</Button> : null}
          {has('announce') ? <Button type="primary" loading={announce.running} onClick={() => void ask('公示这次表决?', '公示后议题、范围和时间不能再改,规则随之冻结,业主会收到消息。', '公示', () => announce.run({ poll_id }))}>公示</Button> : null}
          {has('open') ? <Button type="primary" loading={open.running} onClick={() => void ask('开启表决?', '名册按现在的产权登记冻结,以后过户不影响。', '开启', () => open.run({ poll_id }))}>开启</Button> : null}
          {has('extend') ? <Button onClick={() => setDoing('extend')}>延长</Button> : null}
          {has('close') ? <Button type="primary" loading={close.running} onClick={() => void close.run({ poll_id })}>截止计票</Button> : null}
          {has('publish') ? <Button type="primary" loading={publish.running} onClick={() => void ask('公布结果?', '公布后业主看到结果和名单,不能撤回。', '公布', () => publish.run({ poll_id }))}>公布结果</Button> : null}
          {o.state === 'closed' || o.state === 'published' ? <Button href={fileUrl(votes.resultPaper, { poll_id })} target="_blank">打印结果公告</Button> : null}
          {has('cancel') ? <Button danger onClick={() => setDoing('cancel')}>取消表决</Button> : null}
        </> : null}
        facts={o ? [['小区', o.community_name], ['范围', o.building_names.length ? o.building_names.join('、') : '全小区'], ['会议', said('kind', o.kind)], ['组织者', `${said('organiser', o.organiser)} ${o.organiser_name}`], ['投票', `${instant(o.opens_at)} 至 ${instant(o.closes_at)}`], ['公示', o.announced_on ?? '—'], ['方式', `${o.sealed ? '截止前密封' : '不密封'},${o.replace_allowed ? '截止前可改投' : '投后不能改'}`], ['应参加', o.eligible_count === null ? '开启时冻结' : `${count(o.eligible_count)} 人,${area(o.eligible_m2)} ㎡`], ...(o.publish_by ? ([['应公布', <span key="p" className={o.late ? 'hy-red' : ''}>{o.publish_by}</span>]] as const) : []), ...(o.posted_until ? ([['公示至', o.posted_until]] as const) : []), ...(o.cancel_reason ? ([['取消原因', o.cancel_reason]] as const) : [])] : []}
        tabs={o ? [
          { key: 'motions', label: '议题', children: () => <Motions o={o} /> },
          ...(o.state === 'draft' || o.state === 'announced' ? (may('votes.roll.open') ? [{ key: 'check', label: '核对名册', children: () => <Check o={o} /> }] : []) : o.state === 'cancelled' && !rolled ? [] : [
            ...(may('votes.roll.open') ? [{ key: 'roll', label: '名册与录票', children: () => <RollTab o={o} /> }] : []),
            { key: 'tally', label: o.state === 'open' ? '投票进度' : '计票', children: () => <TallyTab o={o} /> },
            ...(o.state === 'published' ? [{ key: 'list', label: '公布名单', children: () => <ListTab o={o} /> }] : []),
          ]),
        ] : []}
      />
      {o && doing === 'edit' ? <PollDrawer row={o} close={stop} /> : null}
      {o && doing === 'cancel' ? <ReasonModal open title="取消表决" loading={cancel.running} submitError={cancel.error} onClose={stop} onConfirm={(reason) => void cancel.run({ poll_id, reason }).then((a) => { if (a) stop() })} /> : null}
      {o && doing === 'extend' ? <FormModal open onClose={stop} title="延长表决" call={votes.extendPoll} loading={extend.running} submitError={extend.error} fixed={{ poll_id }} fields={[{ name: 'closes_at', control: momentControl, help: `现在的截止:${instant(o.closes_at)};连同已过的天数不超过 ${o.rule?.vote_days_max ?? ''} 天` }, 'reason']} initial={{ closes_at: o.closes_at, reason: '' }} onSubmit={async (i) => { if (await extend.run(i)) stop() }} /> : null}
    </>
  )
}
function Motions({ o }: { o: PollFull }) {
  return (
    <div className="hy-stack">
      {o.intro ? <p style={{ whiteSpace: 'pre-wrap' }}>{o.intro}</p> : null}
      {o.motions.map((m) => (
        <section key={m.motion_id} className="hy-card" aria-label={`议题 ${m.motion_no}`}>
          <h2 style={{ fontSize: 16, margin: 0 }}>{m.motion_no}. {m.title}</h2>
          <p className="hy-muted" style={{ margin: '4px 0' }}>{said('matter', m.matter)} · {m.rule_text}</p>
          <p style={{ whiteSpace: 'pre-wrap', margin: 0 }}>{m.body}</p>
          {m.file_id ? <a href={fileUrl(votes.motionFile, { motion_id: m.motion_id })} target="_blank" rel="noreferrer">查看附件</a> : null}
        </section>
      ))}
      {o.extensions.length ? <RowsTable label="延长" rows={o.extensions} row_key="extension_no" empty="" columns={[{ key: 'extension_no', title: '次', width: 50 }, { key: 'before_at', title: '原截止', width: 150, show: (r) => instant(r.before_at) }, { key: 'after_at', title: '新截止', width: 150, show: (r) => instant(r.after_at) }, { key: 'reason', title: '原因', width: 240 }, { key: 'created_by_name', title: '操作人', width: 100 }]} /> : null}
    </div>
  )
}
/** The roll as it would be today: what to put right in the register before it is frozen. */
function Check({ o }: { o: PollFull }) {
  const reading = useRead(votes.rollPreview, { poll_id: o.poll_id })
  if (reading.error) return <ErrorBlock error={reading.error} retry={reading.retry} />
  if (!reading.data) return <LoadingBlock />
  const p = reading.data
  return (
    <div className="hy-stack">
      <Alert type="info" showIcon title="按今天的产权登记试算;开启时以当时的登记冻结" />
      <div className="hy-figures">
        <Figure label="表决权人" value={count(p.eligible_count)} unit="人" compare={`房产 ${count(p.house_count)} 套`} />
        <Figure label="专有部分面积" value={area(p.eligible_m2)} unit="㎡" compare={p.zero_area_houses ? `${p.zero_area_houses} 套面积为 0` : '面积齐全'} />
        <Figure label="共有" value={count(p.shared_count)} unit="人" compare="几人共有计一人" />
        <Figure label="一人多套" value={count(p.many_count)} unit="人" compare="多套计一人,面积相加" />
        <Figure label="未售未交付" value={count(p.developer_houses)} unit="套" compare="开发商合计一人" />
        <Figure label="没有登记业主" value={<span className={p.unknown_houses ? 'hy-red' : ''}>{count(p.unknown_houses)}</span>} unit="套" compare="计入应参加,先补登记" />
      </div>
    </div>
  )
}
