import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { Facts, Field } from '../../../ui/phone/bits.tsx'
import { useOnline } from '../../../ui/phone/online.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { KIND_WORDS, lookAt, said, type RoundRow } from './round.ts'

/** A reading that the server has: confirm a suspect one, or correct it. Both are judged at once, so they need the network. */
export function CorrectForm({ row, saved }: { row: RoundRow; saved: () => void }) {
  const online = useOnline()
  const correct = useWrite(meters.correctReading, { done: '已更正' })
  const approve = useWrite(meters.confirmReading, { done: '已放行' })
  const before = row.reading ? said(row.reading) : ''
  const [typed, setTyped] = useState(() => before)
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const look = lookAt(row, typed, row.rolled)
  const same = typed === before
  const reason_fault = asked && reason.trim().length < 2 ? (same ? '请写明核实情况' : '请写明更正原因') : undefined
  const { reading_id } = row
  const may_correct = row.can.correct === true
  const may_confirm = row.can.confirm === true && same
  const why_not = !may_correct && !may_confirm ? (typeof row.can.correct === 'string' ? words.refusals[row.can.correct]?.replace(/\{\w+\}/g, '') : undefined) : undefined
  const save = async (): Promise<void> => {
    setAsked(true)
    if (!reading_id || reason.trim().length < 2) return
    if (may_confirm) {
      if (await approve.run({ reading_id, note: reason.trim() }, reading_id)) saved()
    } else if (look.ok && (await correct.run({ reading_id, reading: typed, reason: reason.trim() }, `${reading_id} ${typed}`))) saved()
  }
  return (
    <form className="ph-section st-form" noValidate onSubmit={(e) => { e.preventDefault(); void save() }}>
      <Facts rows={[[KIND_WORDS[row.kind], `表号 ${row.meter_no}`], row.doubts.length && row.state === 'suspect' ? ['存疑', row.doubts.map((d) => words.states!['doubt']![d]).join('、')] : null, ['上次读数', said(row.previous)], ['本次读数', <b key="r" className="ph-num">{said(row.reading)}</b>], ['用量', said(row.usage)], ['平常用量', row.mean_usage ? said(row.mean_usage) : '还没有记录'], row.read_by_name ? ['抄表人', row.read_by_name] : null, row.note ? ['备注', row.note] : null]} />
      {row.state === 'suspect' ? <p className="ph-amber">存疑的读数不会出账,须由抄表人以外的人核实放行;有误请更正。</p> : null}
      {!online ? <p className="ph-weak">已上传的读数要有网络才能更正。</p> : null}
      {why_not ? <p className="ph-weak">{why_not}</p> : null}
      {online && (may_correct || row.can.confirm === true) ? (
        <>
          {may_correct ? <Field label="更正为" error={same || look.ok ? undefined : look.text}>{(p) => <input {...p} className="ph-input st-number" inputMode="decimal" autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value.replace(/[^\d.]/g, ''))} />}</Field> : null}
          <Field label={may_confirm ? '核实情况' : '更正原因'} error={reason_fault}>{(p) => <input {...p} className="ph-input" maxLength={100} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
          <Button className="ph-big" block color="primary" type="submit" disabled={same && !may_confirm} loading={correct.running || approve.running}>{may_confirm ? '核实无误,放行' : '更正'}</Button>
        </>
      ) : null}
    </form>
  )
}
