import { fileUrl, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { reminders, type ReminderRow } from '../contract.ts'
import { words } from '../words.ts'

const TONES = { sending: 'busy', waiting: 'warn', sent: 'good', done: 'good', failed: 'bad', cancelled: 'plain' } as const
const BY_HAND: readonly string[] = ['letter', 'call', 'visit']
/** What a machine sends is nobody's task. */
export const ReminderTag = ({ row }: { row: Pick<ReminderRow, 'state' | 'cause' | 'channel'> }) => (
  <span className="hy-line"><StateTag value={row.state === 'waiting' && !BY_HAND.includes(row.channel) ? 'sending' : row.state} words={{ ...words.states?.['state'], ...words.states?.['sending'] }} tones={TONES} />{row.cause ? <span className="hy-muted">{words.states?.['cause']?.[row.cause]}</span> : null}</span>
)
export const channelName = (c: string): string => words.states?.['channel']?.[c] ?? c
export const periodOf = (r: Pick<ReminderRow, 'period_from' | 'period_to'>): string => (r.period_from === r.period_to ? r.period_from : `${r.period_from} 至 ${r.period_to}`)

export const COLUMNS: readonly Column<ReminderRow>[] = [
  { key: 'house_label', title: '房号', width: 110, always: true },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'payer_name', title: '缴费人', width: 110 },
  { key: 'step_name', title: '步骤', width: 110 },
  { key: 'channel', title: '方式', width: 90, show: (r) => channelName(r.channel) },
  { key: 'period', title: '账期', width: 160, show: periodOf },
  { key: 'bill_count', title: '账单数', width: 80 },
  { key: 'open_fen', title: '当时欠费', width: 110 },
  { key: 'open_now_fen', title: '现欠', width: 110 },
  { key: 'state', title: '状态', width: 150, show: (r) => <ReminderTag row={r} /> },
  { key: 'answer', title: '结果', width: 160, show: (r) => [r.answer ? words.states?.['answer']?.[r.answer] : null, r.answer_note].filter(Boolean).join(':') || '—' },
  { key: 'letter_no', title: '催缴单号', width: 160 },
  { key: 'handled_by_name', title: '办理人', width: 90 },
  { key: 'created_by_name', title: '发起', width: 90, show: (r) => r.created_by_name ?? '自动' },
  { key: 'created_at', title: '时间', width: 150 },
]

/** The letters are numbered first, then the file of exactly these opens in a window. */
export function usePrintLetters() {
  const print = useWrite(reminders.printLetters)
  return {
    running: print.running,
    run: async (rows: readonly ReminderRow[]): Promise<boolean> => {
      const reminder_ids = rows.map((r) => r.reminder_id)
      const page = window.open('', '_blank') // at once, or the browser takes it for an advertisement
      const done = await print.run({ reminder_ids })
      if (!done || done.count === 0) {
        page?.close()
        if (done) toast.info('所选的都已缴清,没有要打印的')
        return done !== undefined
      }
      if (done.skipped_paid > 0) toast.info(`其中 ${done.skipped_paid} 户已缴清,没有打印`)
      if (page) page.location.href = fileUrl(reminders.lettersPdf, { reminder_ids })
      else toast.warn('浏览器拦截了打印窗口,请允许本站弹出窗口后重试')
      return true
    },
  }
}

/** What was said at the door or on the phone; a promise may come with it. */
export function AnswerModal({ row, close }: { row: Pick<ReminderRow, 'reminder_id' | 'house_label' | 'channel' | 'payer_name'>; close: () => void }) {
  const save = useWrite(reminders.recordAnswer, { in_form: true, done: '已登记' })
  return (
    <FormModal
      open onClose={close} title={`登记结果:${row.house_label} ${row.payer_name}(${channelName(row.channel)})`} call={reminders.recordAnswer} loading={save.running} submitError={save.error} words={{ answer: words.states?.['answer'] }}
      fields={[
        { name: 'answer', kind: 'select', options: optionsOf(words.states?.['answer']) }, 'note',
        { name: 'promise_fen', help: '对方承诺缴费时填写,承诺日之前不再催' }, 'promised_on',
      ]}
      initial={{ answer: row.channel === 'letter' ? 'delivered' : 'reached' }} fixed={{ reminder_id: row.reminder_id }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
