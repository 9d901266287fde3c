// 来文: the paper of the city hotline or the street, its clock, the reply, what the caller said.
import { Button } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { photosControl } from '../../../ui/PhotosInput.tsx'
import { PHOTOS_MAX, care, type ComplaintFull } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'

export function OutsideCard({ o }: { o: ComplaintFull }) {
  const [open, setOpen] = useState<'save' | 'reply' | 'rate'>()
  const save = useWrite(care.saveOutside, { in_form: true, done: '已保存' })
  const reply = useWrite(care.replyOutside, { in_form: true, done: '已记录回复' })
  const rate = useWrite(care.rateOutside, { in_form: true, done: '已登记' })
  const x = o.outside
  const manages = o.can.assign !== 'kernel.forbidden'
  const over = o.state === 'merged' || o.state === 'withdrawn' || o.state === 'rejected'
  if (!x && (!manages || over || o.unnamed)) return null
  const common = { open: true, onClose: () => setOpen(undefined), fixed: { complaint_id: o.complaint_id } } as const
  const done = async (made: Promise<unknown>) => { if (await made) setOpen(undefined) }
  if (!x) return <section className="hy-card hy-line" aria-label="来文"><span className="hy-muted">12345 热线或街道也转来同一件的,</span><Button size="small" onClick={() => setOpen('save')}>登记来文</Button>{open ? saveForm() : null}</section>
  function saveForm() {
    return <FormDrawer {...common} title={`来文 ${o.no}`} call={care.saveOutside} loading={save.running} submitError={save.error} words={{ channel: words.states?.['channel'] }} initial={x ? { channel: x.channel, outside_no: x.outside_no, sender: x.sender, sent_at: x.sent_at, due_at: x.due_at } : { channel: 'city_hotline' }} fields={['channel', 'outside_no', 'sender', { name: 'sent_at', control: momentControl }, { name: 'due_at', control: momentControl }, ...(x ? [{ name: 'extend_paper' as const, help: '推后期限的,写明来文单位同意的凭据' }] : [])]} onSubmit={(i) => done(save.run(i))} />
  }
  return (
    <section className="hy-card" aria-label="来文">
      <div className="hy-line"><h2>来文</h2>{manages && !x.replied_at ? <Button size="small" onClick={() => setOpen('save')}>修改来文</Button> : null}{o.can.reply_outside === true ? <Button size="small" type="primary" onClick={() => setOpen('reply')}>回复来文单位</Button> : null}{manages && x.replied_at ? <Button size="small" onClick={() => setOpen('rate')}>登记满意程度</Button> : null}</div>
      <Facts facts={[
        ['渠道', said('channel', x.channel)], ['来文编号', x.outside_no], ['转办单位', x.sender], ['来文时间', instant(x.sent_at)], ['要求回复期限', <span key="d" className={x.late ? 'hy-red hy-strong' : ''}>{instant(x.due_at)}{x.first_due_at === x.due_at ? '' : `(原 ${instant(x.first_due_at)},${x.extend_paper ?? ''})`}</span>],
        ['首次联系', x.contacted_at ? instant(x.contacted_at) : null], ['回复', x.replied_at ? `${instant(x.replied_at)} ${x.replied_by_name ?? ''}` : null], ['回复内容', x.reply], ['诉求人', x.caller_satisfied ? `${said('caller_satisfied', x.caller_satisfied)},${x.caller_solved ? '认可已解决' : '未认可解决'}` : null],
      ]} />
      {open === 'save' ? saveForm() : null}
      {open === 'reply' ? <FormDrawer {...common} title={`回复来文 ${x.outside_no}`} submit="记录回复" call={care.replyOutside} loading={reply.running} submitError={reply.error} initial={{ reply: o.answer ?? '', contacted_at: null, photo_ids: [] }} fields={[{ name: 'contacted_at', control: momentControl, help: '第一次联系上诉求人的时间,没有联系上的不填' }, { name: 'reply', kind: 'area' }, { name: 'photo_ids', control: photosControl(PHOTOS_MAX) }]} onSubmit={(i) => done(reply.run(i))} /> : null}
      {open === 'rate' ? <FormModal {...common} title="诉求人满意程度" call={care.rateOutside} loading={rate.running} submitError={rate.error} words={{ caller_satisfied: words.states?.['caller_satisfied'] }} initial={{ caller_satisfied: x.caller_satisfied ?? 'satisfied', caller_solved: x.caller_solved ?? true }} fields={['caller_satisfied', 'caller_solved']} onSubmit={(i) => done(rate.run(i))} /> : null}
    </section>
  )
}
