// Prepayment moved between houses of one owner, or between general and bound. The books see it only when the house changes.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { activeOn } from '../../people/server/index.ts'
import { post } from '../../ledger/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { mostOf } from './promotion_back.ts'
import { changePurses, itemOf, lockPurses, writeEntries } from './purses.ts'

export const transferWallet = answer(payment.transferWallet, async (scope, o) => {
  const c = scope.company_id
  if (o.from_house_id === o.to_house_id && o.from_item_id === o.to_item_id) throw scope.refuse('payment.transfer_nowhere')
  const from = await houseToRead(scope, o.from_house_id)
  const to = await houseToRead(scope, o.to_house_id)
  const from_item = o.from_item_id ? await itemOf(scope, from, o.from_item_id) : null
  const to_item = o.to_item_id ? await itemOf(scope, to, o.to_item_id) : null
  if (from.house_id !== to.house_id) {
    const both = await sql`select from people.ownership a join people.ownership b on b.company_id = ${c} and b.person_id = a.person_id and b.house_id = ${to.house_id} and ${activeOn('b', scope.today)}
      where a.company_id = ${c} and a.house_id = ${from.house_id} and ${activeOn('a', scope.today)} limit 1`.execute(scope.db)
    if (both.rows.length === 0) throw scope.refuse('payment.transfer_other_owner', { from: from.label, to: to.label })
  }
  const purses = await lockPurses(scope, [from.house_id, to.house_id])
  const balance = (house_id: string, item: string | null) => (item ? (purses.get(house_id)!.bound.get(item) ?? 0) : purses.get(house_id)!.general_fen)
  const has = balance(from.house_id, o.from_item_id)
  const short = () => scope.refuse('payment.wallet_short', { balance: yuanGrouped(fen(has)), asked: yuanGrouped(fen(o.amount_fen)) })
  if (has < o.amount_fen) throw short()
  // A gift stays where it was given: moved away, it could be paid out.
  const most = o.from_item_id ? await mostOf(scope, { house_id: from.house_id, fee_item_id: o.from_item_id }) : has
  if (o.amount_fen > most) throw scope.refuse('payment.gift_stays', { balance: yuanGrouped(fen(has)), most: yuanGrouped(fen(most)) })
  const transfer_id = uuidv7()
  const out = { house_id: from.house_id, fee_item_id: o.from_item_id, amount_fen: -o.amount_fen }
  const into = { house_id: to.house_id, fee_item_id: o.to_item_id, amount_fen: o.amount_fen }
  if (!(await changePurses(scope, [out, into]))) throw short()
  const name = (label: string, item: { name: string } | null) => `${label}${item ? ` ${item.name}` : ''}`
  await writeEntries(scope, [
    { ...out, cause: 'transfer_out', transfer_id, other_house_id: to.house_id, note: `至 ${name(to.label, to_item)}:${o.reason}` },
    { ...into, cause: 'transfer_in', transfer_id, other_house_id: from.house_id, note: `自 ${name(from.label, from_item)}:${o.reason}` },
  ])
  if (from.house_id !== to.house_id) {
    const line = (h: typeof from, amount_fen: number) => ({ account_code: '2203', amount_fen, community_id: h.community_id, subject_type: 'house', subject_id: h.house_id })
    await post(scope, { book: 'company', booked_on: scope.today, kind: 'wallet_transfer', source_type: 'wallet_transfer', source_id: transfer_id, lines: [line(from, o.amount_fen), line(to, -o.amount_fen)] })
  }
  scope.note('house', from.house_id, { transfer_id, from: name(from.label, from_item), to: name(to.label, to_item), amount_fen: o.amount_fen, reason: o.reason })
  return { transfer_id, from_balance_fen: has - o.amount_fen, to_balance_fen: balance(to.house_id, o.to_item_id) + o.amount_fen }
})
