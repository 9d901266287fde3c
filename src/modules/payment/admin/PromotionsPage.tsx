// 优惠活动: what prepaying earns. Drafted here, published by another in the approval centre; every figure opens its uses.
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { billing } from '../../billing/contract.ts'
import { words as houseWords } from '../../property/words.ts'
import { payment } from '../contract.ts'
import type { PromotionRow } from '../contract_promotion.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['promotion']) }]
const TONES = { draft: 'plain', asked: 'warn', live: 'good', ended: 'plain' } as const
const usesAt = (r: PromotionRow) => `/payment/promotion-uses?promotion_id=${r.promotion_id}&live=1`

export default function PromotionsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.promotions, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const ask = useWrite(payment.askPromotion, { in_form: true, done: '已提交,由另一人在审批中心发布', invalidates: 'all' })
  const end = useWrite(payment.endPromotion, { in_form: true, done: '已停止' })
  const [open, setOpen] = useState<PromotionRow | 'new'>()
  const [act, setAct] = useState<{ row: PromotionRow; what: 'ask' | 'end' }>()
  const close = () => { setAct(undefined); ask.reset(); end.reset() }
  const columns: readonly Column<PromotionRow>[] = [
    { key: 'name', title: '活动', width: 140, always: true },
    { key: 'community_name', title: '小区', width: 110, hidden: true },
    { key: 'fee_item_name', title: '收费项目', width: 110, hidden: true },
    { key: 'rule_text', title: '办法', width: 225, show: (r) => `${r.fee_item_name} ${r.rule_text}` },
    { key: 'from_on', title: '有效期', width: 185, show: (r) => `${r.from_on} 至 ${r.to_on}` },
    { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['promotion']} tones={TONES} /> },
    { key: 'used_count', title: '享受次数', width: 90, show: (r) => <Go to={usesAt(r)}>{r.max_uses === null ? r.used_count : `${r.used_count} / ${r.max_uses}`}</Go> },
    { key: 'paid_fen', title: '实缴预存', width: 100, show: (r) => <Go to={usesAt(r)}><MoneyText fen={r.paid_fen} /></Go> },
    { key: 'given_fen', title: '赠送', width: 90, show: (r) => <Go to={usesAt(r)}><MoneyText fen={r.given_fen} /></Go> },
    { key: 'taken_fen', title: '已收回', width: 85, show: (r) => <Go to={usesAt(r)}><MoneyText fen={r.taken_fen} /></Go> },
    { key: 'budget_fen', title: '赠送总额上限', width: 120, hidden: true, show: (r) => (r.budget_fen === null ? '不限' : money(r.budget_fen)) },
    { key: 'alone', title: '同享', width: 90, hidden: true, show: (r) => (r.alone ? '不同享' : '可同享') },
    { key: 'refund_rule', title: '退预存时', width: 140, hidden: true, show: (r) => words.states?.['refund_rule']?.[r.refund_rule] },
    { key: 'basis', title: '依据与说明', width: 180, hidden: true },
    { key: 'made_by_name', title: '制定人', width: 90, hidden: true },
    { key: 'published_by_name', title: '审批人', width: 90, hidden: true, show: (r) => (r.approval_id ? <Go to={`/system/approvals/${r.approval_id}`}>{r.published_by_name ?? '查看审批'}</Go> : '—') },
    {
      key: 'act', title: '操作', width: 160,
      show: (r) => (
        <span className="hy-line">
          {r.state === 'draft' ? <><CanButton size="small" can={r.can.edit} words={words} onClick={() => setOpen(r)}>修改</CanButton><CanButton size="small" type="primary" can={r.can.publish} words={words} onClick={() => setAct({ row: r, what: 'ask' })}>提交发布</CanButton></> : null}
          {r.state === 'live' ? <CanButton size="small" can={r.can.end} words={words} onClick={() => setAct({ row: r, what: 'end' })}>停止</CanButton> : null}
        </span>
      ),
    },
  ]
  return (
    <>
      <ListPage
        {...list} title="优惠活动" name="payment.promotions" columns={columns} row_key="promotion_id" empty={{ text: '还没有优惠活动' }}
        actions={<><Go to="/payment/promotion-uses">享受明细</Go>{may('payment.promotion.write') ? <PlaceButton type="primary" onPlace={() => setOpen('new')}>新增活动</PlaceButton> : null}</>}
        totals={(d) => ({ used_count: d.used_count_sum, paid_fen: money(d.paid_fen_sum), given_fen: money(d.given_fen_sum), taken_fen: money(d.taken_fen_sum) })}
      />
      {open ? <Edit row={open === 'new' ? undefined : open} community_id={open === 'new' ? place_id! : open.community_id} close={() => setOpen(undefined)} /> : null}
      {act ? (
        <FormModal
          open call={act.what === 'ask' ? payment.askPromotion : payment.endPromotion} title={act.what === 'ask' ? `提交发布「${act.row.name}」` : `停止「${act.row.name}」`} submit={act.what === 'ask' ? '提交' : '停止'} onClose={close} fields={['reason']} fixed={{ promotion_id: act.row.promotion_id }}
          loading={ask.running || end.running} submitError={ask.error ?? end.error} onSubmit={async (input) => { if (await (act.what === 'ask' ? ask : end).run(input as never)) close() }}
        />
      ) : null}
    </>
  )
}

function Edit({ row, community_id, close }: { row: PromotionRow | undefined; community_id: string; close: () => void }) {
  const items = useRead(billing.feeItems, { community_id }, { stale_ms: 60_000 })
  const save = useWrite(payment.savePromotion, { in_form: true, done: '已保存为草稿,提交后由另一人发布' })
  const is = (...kinds: string[]) => (v: Record<string, unknown>) => kinds.includes(String(v['kind'] ?? 'months'))
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改「${row.name}」` : '新增优惠活动'} call={payment.savePromotion} loading={save.running || items.loading} submitError={save.error}
      fixed={{ community_id, ...(row ? { promotion_id: row.promotion_id } : {}) }} words={{ kind: words.states!['promotion_kind']!, refund_rule: words.states!['refund_rule']!, house_kinds: houseWords.states!['house_kind']! }}
      initial={row ? { ...row, percent_bp: row.percent_bp === null ? null : row.percent_bp / 100 } : { kind: 'months', pay_months: 12, gift_months: 1, per_house: 1, alone: true, refund_rule: 'gift_first', house_kinds: [] }}
      fields={[
        'name',
        { name: 'fee_item_id', kind: 'select', options: (items.data?.rows ?? []).filter((i) => i.meter_kind === null).map((i) => ({ value: i.fee_item_id, label: i.name })), help: '预存和赠送都只用于这个项目' },
        'kind', 'from_on', 'to_on',
        { name: 'pay_months', kind: 'whole', suffix: '个月', when: is('months', 'percent'), help: '每月金额按该户该项目最近一期账单' },
        { name: 'gift_months', kind: 'whole', suffix: '个月', when: is('months') },
        { name: 'percent_bp', label: '优惠比例', kind: 'whole', suffix: '%', when: is('percent'), send: (v) => (typeof v === 'number' ? v * 100 : v), help: '优惠 5% 填 5:实缴 95%,到账 100%' },
        { name: 'min_fen', when: is('amount') }, { name: 'gift_fen', when: is('amount') },
        { name: 'house_kinds', kind: 'many', options: optionsOf(houseWords.states?.['house_kind']), help: '不选为全部' },
        { name: 'per_house', kind: 'whole', suffix: '次' }, { name: 'max_uses', kind: 'whole', suffix: '份', help: '留空不限' }, { name: 'budget_fen', help: '留空不限' },
        { name: 'alone', help: '勾选后,享受过本项目其他活动的房产不能再享受这个' }, { name: 'refund_rule', kind: 'select' }, { name: 'basis', wide: true },
      ]}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}
