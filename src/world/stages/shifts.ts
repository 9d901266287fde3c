// The drawers of the last month: opened in the morning, counted and handed in at night; now and then a coin is missing.
import { addDays } from '../../kernel/clock.ts'
import { at } from '../caller.ts'
import { instantAt, isPast } from '../plan/calendar.ts'
import { dice } from '../plan/random.ts'
import { must, type Town } from '../town.ts'
import { FACES, payment } from '../../modules/payment/contract.ts'

const FLOAT_FEN = 50_000
const COIN_FEN = 10
const NOTE_FEN = 2_000

const placeOf = (t: Town): string => t.ids.community.get(t.community_keys[0]!)!

/** From the last month on: small change needs nobody's approval. */
export async function setDeskRule(t: Town, day: string): Promise<void> {
  if (t.road.has('desk rule')) return
  await at(instantAt(t.calendar, day, '07:40:00'), () =>
    t.road.call(must(t, t.company.key === 'anju' ? 'caiwu' : 'huixin-caiwu'), ['desk rule'], payment.saveRule, { community_id: null, from_on: day, note: '现金管理办法', rule: { kind: 'desk', value: { cash_needs_shift: false, difference_limit_fen: 100, bank_needs_slip: true } } }))
}

export async function openDrawers(t: Town, day: string, logins: readonly string[]): Promise<void> {
  for (const login of logins) {
    if (t.road.has('open shift', day, login) || !isPast(t.calendar, day, '08:30:00')) continue
    await at(instantAt(t.calendar, day, '08:30:00'), () => t.road.call(must(t, login), ['open shift', day, login], payment.openShift, { community_id: placeOf(t), float_fen: FLOAT_FEN }))
  }
}

/** As few pieces as the sum takes; what is less than the smallest coin cannot lie in a drawer. */
function piecesOf(fen: number): { face_fen: number; pieces: number }[] {
  let left = fen
  return FACES.flatMap((face_fen) => {
    const pieces = Math.floor(left / face_fen)
    left -= pieces * face_fen
    return pieces > 0 ? [{ face_fen, pieces }] : []
  })
}

export async function countDrawers(t: Town, day: string, logins: readonly string[]): Promise<void> {
  for (const login of logins) {
    if (t.road.has('count shift', day, login) || !t.road.has('open shift', day, login) || !isPast(t.calendar, day, '17:50:00')) continue
    await at(instantAt(t.calendar, day, '17:50:00'), async () => {
      const { shift } = await t.road.ask(must(t, login), payment.myShift, {})
      if (!shift) return
      const luck = dice('drawer', day, login)
      // Most of it is small change; a note is looked at by a second person.
      const short = luck.chance(0.04) ? NOTE_FEN : luck.chance(0.08) ? COIN_FEN * 5 : 0
      const counted = shift.expected_fen - short - ((shift.expected_fen - short) % COIN_FEN)
      const handed = Math.max(0, counted - FLOAT_FEN)
      const difference_reason = short ? '找零时可能多付,原因待查' : counted === shift.expected_fen ? undefined : '不足一角的尾数'
      await t.road.call(must(t, login), ['count shift', day, login], payment.countShift, {
        shift_id: shift.shift_id, pieces: piecesOf(counted), hand_ins: handed > 0 ? [{ to: 'bank', amount_fen: handed, slip_no: `现缴 ${day.replaceAll('-', '')}${login.endsWith('1') ? '01' : '02'}` }] : [], ...(difference_reason ? { difference_reason } : {}),
      })
    })
  }
}

/** One cashier closes her days, the other has not begun to: the list has something in it, and what is taken later at the first one's desk still goes. Not today: whoever looks at the sample may take money. */
export async function closeDays(t: Town, day: string, logins: readonly string[]): Promise<void> {
  for (const login of logins.filter((l) => l === 'shoufei2')) {
    if (t.road.has('close day', day, login) || !t.road.has('count shift', day, login) || !isPast(t.calendar, addDays(day, 1), '00:00:00')) continue
    await at(instantAt(t.calendar, day, '17:58:00'), async () => {
      const { today } = await t.road.ask(must(t, login), payment.myShift, {})
      if (today.payment_count > 0) await t.road.call(must(t, login), ['close day', day, login], payment.closeDay, {})
    })
  }
}
