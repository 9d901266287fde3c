// 交班单: what a cashier signs and hands over with the money, on the roll of the desk or on A4.
import { minuteText } from '../../../kernel/clock.ts'
import { answerFile, type App } from '../../../kernel/app.ts'
import { capitals, fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { companyName, slipPdf, type Slip } from './paper/slip.ts'
import { slipKind } from './paper/slip_kind.ts'
import { seen } from './access.ts'
import { readShifts, shiftDetail, type ShiftRead } from './shift_rows.ts'
import type { ShiftDetail } from '../contract_shift.ts'
import { sql, type SqlBool } from 'kysely'

const m = (n: number | null): string => (n === null ? '' : yuanGrouped(fen(n)))

async function slipOf(scope: Scope, s: ShiftDetail): Promise<Slip> {
  const w = (group: string, v: string): string => words.states![group]![v] ?? v
  return {
    company: await companyName(scope),
    title: s.state === 'closed' ? '交班单' : '班次小结(未交班)',
    no: s.shift_no,
    facts: [['收费点', s.community_name], ['收费员', s.cashier_name], ['开班', minuteText(s.opened_at)], ...(s.closed_at ? [['交班', minuteText(s.closed_at)] as [string, string]] : [])],
    sections: [
      { title: '收付', rows: s.by_method.map((x) => [`${w('method', x.method)} ${x.count} 笔`, m(x.net_fen)]) },
      {
        title: '现金',
        rows: [['备用金', m(s.float_fen)], ['现金净收', m(s.cash_fen)], ['应有现金', m(s.expected_fen)], ...(s.counted_fen === null ? [] : ([['实点现金', m(s.counted_fen)], [(s.difference_fen ?? 0) < 0 ? '短款' : '长款', m(s.difference_fen)]] as [string, string][]))],
      },
      ...(s.pieces.length ? [{ title: '点钞', rows: s.pieces.map((p): [string, string] => [`${m(p.face_fen)} × ${p.pieces}`, m(p.face_fen * p.pieces)]) }] : []),
      ...(s.counted_fen === null ? [] : [{ title: '交款', rows: [...s.hand_ins.map((h): [string, string] => [`${w('hand_in', h.to)}${h.slip_no ? ` ${h.slip_no}` : ''}`, m(h.amount_fen)]), ['交款合计', m(s.handed_fen)] as [string, string], ['留存', m(s.kept_fen)] as [string, string]] }]),
    ],
    capitals: s.handed_fen ? `交款大写:${capitals(fen(s.handed_fen))}` : '',
    remark: [s.difference_reason ? `差额原因:${s.difference_reason}` : '', s.decided_by_name ? `差额审批:${s.decided_by_name}` : ''].filter(Boolean).join(';'),
    signs: ['收费员', '收款财务'],
    printed: `${scope.who.name} ${minuteText(scope.now)}`,
  }
}

export const shiftForm = slipKind({
  kind: 'payment.shift_slip', zh: '交班单', note: '收费员交班时打印,与现金一起交财务',
  subjects: async (scope, { community_id }) => (await readShifts(scope, sql<SqlBool>`s.closed_at is not null and exists (select from property.building b where b.company_id = ${scope.company_id} and b.community_id = s.community_id and ${seen(scope, 'b')}) ${community_id ? sql`and s.community_id = ${community_id}` : sql``}`, 20, 0)).map((x) => ({ subject_id: x.shift_id, label: `${x.shift_no} ${x.community_name}` })),
  slip: async (scope, shift_id) => {
    const [read] = await readShifts(scope, sql<SqlBool>`s.shift_id = ${shift_id}`, 1, 0)
    return slipOf(scope, await shiftDetail(scope, read!))
  },
})

export const shiftPdf = (app: () => App, toRead: (scope: Scope, shift_id: string) => Promise<ShiftRead>) =>
  answerFile(payment.shiftPdf, async (scope, { shift_id, form }) => {
    const s = await shiftDetail(scope, await toRead(scope, shift_id))
    const body = await slipPdf(app(), scope, { kind: 'payment.shift_slip', form, community_id: s.community_id, at: s.closed_at ?? scope.now }, await slipOf(scope, s))
    return { name: `交班单_${s.shift_no}.pdf`, type: 'application/pdf', body, inline: true }
  })
