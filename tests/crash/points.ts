// Every place where the processes are made to die, and the deed that passes it. Which process dies is the first word.
import { sameDay } from '../proofs/acts.ts'
import { bigRun, channelRefund, closeDay, closeMonth, history, importAreas, order, sale, text, type Deed, type Past } from './deeds.ts'

export interface Point {
  in: 'server' | 'worker'
  /** As HEYUAN_CRASH_AT names it. */
  at: string
  deed: Deed
}

const { pay, deduct, reverse, refunds } = sameDay
/** `next` hands out the days and months to close, each once. */
export const points = (past: Past): readonly Point[] => {
  const oneDay = () => past.days.shift()!
  const oneMonth = () => past.months.shift()!
  return [
    // A notice: its evidence is kept, then settled, allocated, posted, receipted, then the channel is answered.
    { in: 'server', at: 'notice.kept', deed: order('wechat') },
    { in: 'server', at: 'settle.inserted', deed: order('wechat') },
    { in: 'server', at: 'work.committed payment.settle', deed: order('wechat') },
    { in: 'server', at: 'payment.booked', deed: history(pay) },
    { in: 'server', at: 'payment.numbered', deed: history(pay) },
    { in: 'server', at: 'call.committed payment.takePayment', deed: history(pay) },
    // A charge run.
    { in: 'server', at: 'run.inserted', deed: history(pay) },
    { in: 'server', at: 'run.booked', deed: history(pay) },
    { in: 'server', at: 'call.committed billing.publishRun', deed: history(pay) },
    // A large one: within its second chunk, and between two.
    { in: 'worker', at: 'run.inserted:2', deed: bigRun },
    { in: 'worker', at: 'run.chunk_committed', deed: bigRun },
    // Money that goes back: at the desk, through the channel, by reversal.
    { in: 'server', at: 'refund.taken', deed: history(pay, ...refunds) },
    { in: 'server', at: 'refund.booked', deed: history(pay, ...refunds) },
    { in: 'server', at: 'call.committed payment.payRefund', deed: history(pay, ...refunds) },
    { in: 'server', at: 'reversal.booked', deed: history(pay, reverse) },
    { in: 'worker', at: 'refund.claimed', deed: channelRefund },
    { in: 'worker', at: 'refund.told', deed: channelRefund },
    { in: 'worker', at: 'work.committed payment.refund', deed: channelRefund },
    { in: 'worker', at: 'order.told paid', deed: order('alipay') },
    // Days and months.
    { in: 'server', at: 'day.kept', deed: closeDay(oneDay) },
    { in: 'server', at: 'month.kept', deed: closeMonth(oneMonth) },
    { in: 'server', at: 'call.committed closing.closePeriod', deed: closeMonth(oneMonth) },
    // Work in the background.
    { in: 'worker', at: 'deduct.paid', deed: history(pay, deduct) },
    { in: 'worker', at: 'job.ran payment.deduct', deed: history(pay, deduct) },
    { in: 'worker', at: 'import.written', deed: importAreas },
    { in: 'worker', at: 'import.finished', deed: importAreas },
    { in: 'worker', at: 'work.committed job.system.import_apply', deed: importAreas },
    { in: 'worker', at: 'sms.recorded', deed: text },
    { in: 'worker', at: 'sms.told', deed: text },
    // Somebody leaves a house.
    { in: 'server', at: 'handover.changed', deed: sale },
    { in: 'server', at: 'handover.passed', deed: sale },
    { in: 'server', at: 'call.committed handover.completeSheet', deed: sale },
  ]
}
/** Days and months that one pass closes. */
export const CLOSED_A_PASS = 2
/** Of the gateway, which is no part of this loop: struck by a test of their own. */
export const ELSEWHERE: Readonly<Record<string, string>> = { 'iot.stored': 'src/modules/iot/server/gateway/rule_due.test.ts', 'iot.acted': 'src/modules/iot/server/gateway/rule_due.test.ts' }
