// 保修 on an order's page: which part is covered by whom until when, the claim and what comes next.
import { Button, Select, Timeline } from 'antd'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { Upload, type Uploaded } from '../../../ui/Upload.tsx'
import { orders, type ClaimFull, type Cover, type OrderFull } from '../contract.ts'
import { words } from '../words.ts'
import { CLAIM_TONES } from './WarrantyPage.tsx'

export function WarrantyCard({ o }: { o: OrderFull }) {
  const { data } = useRead(orders.orderWarranty, { order_id: o.order_id })
  const [sending, setSending] = useState(false)
  if (!data || (data.covers.length === 0 && data.claims.length === 0)) return null
  const own = data.covers.filter((c) => c.by_category)
  return (
    <section className="hy-card hy-stack" aria-label="保修">
      <div className="hy-line"><h2>建设单位保修</h2>{data.can.send !== 'kernel.forbidden' && data.covers.some((c) => c.covered) ? <CanButton size="small" can={data.can.send} words={words} onClick={() => setSending(true)}>通知建设单位保修</CanButton> : null}</div>
      {own.map((c) => <p key={`${c.builder_id} ${c.part}`} className="hy-line"><StateTag value={c.covered ? 'in' : 'out'} words={{ in: '在保修期内', out: '已过保修期' }} tones={{ in: 'good', out: 'plain' }} /><span>{c.part}:{c.builder_name},{c.accepted_on} 竣工验收,保修至 <strong>{c.covered_until_on}</strong></span></p>)}
      {own.length === 0 && data.covers.length > 0 ? <p className="hy-muted">这个分类没有对应的保修部位;如属质量问题,可在「通知建设单位保修」里选择部位。</p> : null}
      {data.claims.map((x) => <One key={x.claim_id} x={x} />)}
      {sending ? <Send o={o} covers={data.covers.filter((c) => c.covered)} close={() => setSending(false)} /> : null}
    </section>
  )
}

function Send({ o, covers, close }: { o: OrderFull; covers: readonly Cover[]; close: () => void }) {
  const send = useWrite(orders.sendClaim, { in_form: true, done: (a) => `已生成通知书 ${a.no},请打印送达` })
  const first = covers[0]!
  const [key, setKey] = useState(`${first.builder_id} ${first.part}`)
  const chosen = covers.find((c) => `${c.builder_id} ${c.part}` === key) ?? first
  return (
    <FormModal
      open onClose={close} title="通知建设单位保修" submit="生成通知书" call={orders.sendClaim} loading={send.running} submitError={send.error}
      note={<div className="hy-stack"><Select aria-label="部位" value={key} onChange={setKey} options={covers.map((c) => ({ value: `${c.builder_id} ${c.part}`, label: `${c.part}(${c.builder_name},至 ${c.covered_until_on})` }))} /><p className="hy-muted">要求 {chosen.answer_by_on} 前答复,{chosen.repair_by_on} 前修复。</p></div>}
      fields={['defect']} fixed={{ order_id: o.order_id, builder_id: chosen.builder_id, part: chosen.part }} initial={{ defect: o.words }} onSubmit={async (i) => { if (await send.run({ ...i, builder_id: chosen.builder_id, part: chosen.part })) close() }}
    />
  )
}

type Act = 'promise' | 'refuse' | 'lapse' | 'repaired' | 'own' | 'ask' | 'drop'
const ACTS: readonly [Act, string][] = [['promise', '已答应'], ['repaired', '已修复'], ['refuse', '拒修'], ['lapse', '逾期视同拒修'], ['own', '自行维修'], ['ask', '申请扣保修金'], ['drop', '撤销']]
function One({ x }: { x: ClaimFull }) {
  const [act, setAct] = useState<Act>()
  return (
    <article className="hy-stack" aria-label={x.no}>
      <div className="hy-line">
        <strong className="hy-num">{x.no}</strong><StateTag value={x.state} words={words.states?.['claim']} tones={CLAIM_TONES} />{x.late ? <StateTag value="l" words={{ l: '逾期' }} tones={{ l: 'bad' }} /> : null}
        <span className="hy-muted">{x.builder_name} · {x.part} · 答复期限 {x.answer_by_on} · 修复期限 {x.repair_by_on}{x.cost_fen ? ` · 自行维修 ${money(x.cost_fen)} 元` : ''}{x.deduct_fen ? ` · 扣除 ${money(x.deduct_fen)} 元` : ''}</span>
        <Button size="small" href={fileUrl(orders.claimPaper, { claim_id: x.claim_id })} target="_blank">打印通知书</Button>
      </div>
      <div className="hy-line">{ACTS.filter(([a]) => x.can[a] === true).map(([a, label]) => <Button key={a} size="small" danger={a === 'drop'} onClick={() => setAct(a)}>{label}</Button>)}</div>
      <Timeline items={x.steps.map((s) => ({ key: s.step_no, content: <div><strong>{words.states!['claim_action']![s.action] ?? s.action}</strong> <span className="hy-muted">{s.by_name} · {instant(s.at)}</span><div>{s.note}</div>{s.file_ids.map((file_id, i) => <a key={file_id} href={fileUrl(orders.claimFile, { claim_id: x.claim_id, file_id })} target="_blank" rel="noreferrer" style={{ marginRight: 12 }}>附件 {i + 1}</a>)}</div> }))} />
      {act ? <ActForm key={act} x={x} act={act} close={() => setAct(undefined)} /> : null}
    </article>
  )
}

function ActForm({ x, act, close }: { x: ClaimFull; act: Act; close: () => void }) {
  const [files, setFiles] = useState<Uploaded[]>([])
  const answer = useWrite(orders.answerClaim, { in_form: true, done: '已登记' })
  const repaired = useWrite(orders.repairedClaim, { in_form: true, done: '已办结' })
  const own = useWrite(orders.ownRepair, { in_form: true, done: '已登记' })
  const ask = useWrite(orders.askDeduct, { in_form: true, done: '已提交审批,由另一人批准', invalidates: 'all' })
  const drop = useWrite(orders.dropClaim, { in_form: true, done: '已撤销' })
  const common = { open: true, onClose: close, title: `${x.no} ${ACTS.find(([a]) => a === act)![1]}`, submit: '确定' } as const
  const with_files = files.length ? { file_ids: files.map((f) => f.file_id) } : {}
  const done = async (made: Promise<unknown>) => { if (await made) close() }
  const note = <div className="hy-stack">{files.map((f) => <span key={f.file_id}>{f.name}</span>)}<Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传函件或证明" disabled={files.length >= 10} onDone={(f) => setFiles([...files, f])} /></div>
  if (act === 'own') return <FormModal {...common} call={orders.ownRepair} note={note} fields={['cost_fen', 'note']} fixed={{ claim_id: x.claim_id }} loading={own.running} submitError={own.error} onSubmit={(i) => done(own.run({ ...i, ...with_files }))} />
  if (act === 'ask') return <FormModal {...common} call={orders.askDeduct} note={<p className="hy-muted">保修金余额 {money(x.balance_fen)} 元,自行维修费用 {money(x.cost_fen ?? 0)} 元。另一人批准后扣除。</p>} fields={['amount_fen', 'reason']} fixed={{ claim_id: x.claim_id }} initial={{ amount_fen: Math.min(x.cost_fen ?? 0, x.balance_fen) }} loading={ask.running} submitError={ask.error} onSubmit={(i) => done(ask.run(i))} />
  if (act === 'drop') return <FormModal {...common} danger call={orders.dropClaim} fields={['reason']} fixed={{ claim_id: x.claim_id }} loading={drop.running} submitError={drop.error} onSubmit={(i) => done(drop.run(i))} />
  if (act === 'repaired') return <FormModal {...common} call={orders.repairedClaim} note={note} fields={['note']} fixed={{ claim_id: x.claim_id }} loading={repaired.running} submitError={repaired.error} onSubmit={(i) => done(repaired.run({ ...i, ...with_files }))} />
  return <FormModal {...common} call={orders.answerClaim} note={note} fields={act === 'promise' ? ['repair_by_on', 'note'] : ['note']} fixed={{ claim_id: x.claim_id, answer: act }} initial={act === 'promise' ? { repair_by_on: x.repair_by_on } : {}} loading={answer.running} submitError={answer.error} onSubmit={(i) => done(answer.run({ ...i, answer: act, ...with_files }))} />
}
