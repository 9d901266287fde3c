import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { words as messageWords } from '../../messages/words.ts'
import { reminders } from '../contract.ts'
import { words } from '../words.ts'
import { AnswerModal, ReminderTag, channelName, periodOf, usePrintLetters } from './shared.tsx'

export default function RecordPage() {
  const reading = useRead(reminders.reminder, { reminder_id: useParam('reminder_id') })
  const withdraw = useWrite(reminders.withdrawReminder, { done: '已撤回' })
  const print = usePrintLetters()
  const [open, setOpen] = useState(false)
  const r = reading.data
  const withdrawNow = async () => {
    if (r && (await confirm({ title: '撤回这次催缴?', content: '撤回后不再发出或办理,记录保留。', ok: '撤回', danger: true }))) await withdraw.run({ reminder_id: r.reminder_id })
  }
  return (
    <DetailPage
      title={r ? `${r.house_label} ${r.payer_name}` : '催缴详情'} loading={reading.loading} error={reading.error} retry={reading.retry} back="/reminders/records" tags={r ? <ReminderTag row={r} /> : null}
      actions={r ? (
        <>
          {r.can.handle === true ? <Button type="primary" onClick={() => setOpen(true)}>登记结果</Button> : null}
          {r.channel === 'letter' && r.state === 'waiting' ? <Button loading={print.running} onClick={() => void print.run([r])}>{r.printed_at ? '重新打印' : '打印催缴单'}</Button> : null}
          {r.state === 'waiting' ? <CanButton can={r.can.withdraw} words={words} loading={withdraw.running} onClick={() => void withdrawNow()}>撤回</CanButton> : null}
        </>
      ) : null}
      facts={r ? [
        ['房产', <Go key="h" to={`/property/houses/${r.house_id}?tab=bills`}>{r.house_label}</Go>], ['小区', r.community_name], ['步骤', r.step_name], ['方式', channelName(r.channel)], ['账期', periodOf(r)],
        ['当时欠费', `${money(r.open_fen)} 元`], ['现欠', `${money(r.open_now_fen)} 元`], ['发起', r.created_by_name ?? '自动(按方案)'], ['时间', instant(r.created_at)], ['完成时间', r.ended_at ? instant(r.ended_at) : null],
        ...(r.sends_at ? [['发送', `现在是免打扰时段,${instant(r.sends_at)} 之后发出`] as const] : []),
        ...(r.channel === 'letter' ? [['催缴单号', r.letter_no] as const, ['打印时间', r.printed_at ? instant(r.printed_at) : null] as const] : []),
        ...(r.answer ? [['结果', [words.states?.['answer']?.[r.answer], r.answer_note].filter(Boolean).join(':')] as const, ['办理人', r.handled_by_name] as const] : []),
      ] : []}
    >
      {r ? (
        <div className="hy-stack">
          {r.message ? (
            <div className="hy-card hy-stack">
              <strong>{r.message.title}</strong>
              <span>{r.message.body}</span>
              <span className="hy-muted">站内:{r.message.read_at ? `${instant(r.message.read_at)} 已读` : '未读'}</span>
              {r.wechat ? <span className="hy-muted">微信:{messageWords.states?.['wechat']?.[r.wechat.state]}{r.wechat.sent_at ? ` ${instant(r.wechat.sent_at)} 受理` : ''}{r.wechat.msgid ? `,消息编号 ${r.wechat.msgid}` : ''}{r.wechat.report && r.wechat.ended_at ? `,${instant(r.wechat.ended_at)} 送达回执 ${r.wechat.report}` : ''}{r.wechat.failure ? `,${r.wechat.failure}` : ''}</span> : null}
              {r.sms ? <span className="hy-muted">短信 {r.sms.phone_masked}:{messageWords.states?.['state']?.[r.sms.state]}{r.sms.sent_at ? ` ${instant(r.sms.sent_at)}` : ''}{r.sms.provider_ref ? `,回执号 ${r.sms.provider_ref}` : ''}{r.sms.failure ? `,${r.sms.failure}` : ''}</span> : null}
            </div>
          ) : null}
          <RowsTable
            label="所含账单" rows={r.bills} row_key="bill_id" empty="没有账单" totals={{ then_fen: money(r.open_fen), open_fen: money(r.open_now_fen) }}
            columns={[
              { key: 'period', title: '账期', width: 100 },
              { key: 'fee_item_name', title: '收费项目', width: 160, show: (b) => <Go to={`/billing/bills/${b.bill_id}`}>{b.fee_item_name}</Go> },
              { key: 'then_fen', title: '当时欠费', width: 120 },
              { key: 'open_fen', title: '现欠', width: 120, show: (b) => <MoneyText fen={b.open_fen} owed /> },
            ]}
          />
        </div>
      ) : null}
      {open && r ? <AnswerModal row={r} close={() => setOpen(false)} /> : null}
    </DetailPage>
  )
}
