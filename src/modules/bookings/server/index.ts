// The front door of bookings: answers, what payments and refunds bring, what the clock does.
import type { App, Module } from '../../../kernel/app.ts'
import { bookings } from '../contract.ts'
import { words } from '../words.ts'
import { boardAnswers } from './board.ts'
import { followMerged, forgetPhones, paid, work } from './clock.ts'
import { closureAnswers } from './closures.ts'
import { deskAnswers } from './desk.ts'
import { listAnswers } from './list.ts'
import { mineAnswers } from './mine.ts'
import { paymentReversed, refundAgreed, refundDone } from './money.ts'
import { placeAnswers } from './places.ts'
import { sweepBookings } from './sweep.ts'

export { bookingTemplates } from './tell.ts'

export const bookingsModule = (app: () => App): Module => ({
  name: 'bookings',
  contract: bookings,
  words,
  answers: [...placeAnswers(app), ...closureAnswers, ...boardAnswers, ...deskAnswers, ...listAnswers, ...mineAnswers],
  listeners: [
    { name: 'bookings.paid', event: 'payment.received', run: (scope, p) => paid(scope, String(p['house_id'])) },
    { name: 'bookings.refund_agreed', event: 'payment.refund_approved', run: (scope, p) => refundAgreed(scope, String(p['refund_id'])) },
    { name: 'bookings.refund_done', event: 'payment.refunded', run: (scope, p) => refundDone(scope, String(p['refund_id'])) },
    { name: 'bookings.reversed', event: 'payment.reversed', run: (scope, p) => paymentReversed(scope, String(p['house_id'])) },
    { name: 'bookings.merged', event: 'people.merged', run: (scope, p) => followMerged(scope, String(p['keep_id']), String(p['drop_id'])) },
  ],
  schedules: [{ name: 'bookings.clock', every_s: 60, of: 'company', run: work }, { name: 'bookings.forget', every_s: 3600, of: 'company', run: (w) => w.tx(forgetPhones) }],
  sweeps: [sweepBookings],
})
