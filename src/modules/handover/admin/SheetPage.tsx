// One settlement: what is open and whose it is, what is held, the paper; while it is in work, completing it.
import { Alert, Button, Tag } from 'antd'
import { useState } from 'react'
import { addDays } from '../../../kernel/clock.ts'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, Figure, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { handover, type Sheet } from '../contract.ts'
import { words } from '../words.ts'
import { Bills } from './Bills.tsx'
import { Complete } from './Complete.tsx'
import { Readings } from './Readings.tsx'
import { SHEET_TONES } from './SheetsPage.tsx'

export default function SheetPage() {
  const sheet_id = useParam('sheet_id')
  const go = useGo()
  const may = useMay()
  const sheet = useRead(handover.sheet, { sheet_id })
  const bill = useWrite(handover.billSheet, { done: (a) => (a.billed_count ? `已补出 ${a.billed_count} 笔` : '没有需要补出的账单'), invalidates: 'all' })
  const cancel = useWrite(handover.cancelSheet, { in_form: true, done: '已取消', invalidates: 'all' })
  const [cancelling, setCancelling] = useState(false)
  const [completing, setCompleting] = useState(false)
  const s = sheet.data
  const draft = s?.state === 'draft'
  return (
    <>
      <DetailPage
        title={s ? `${s.house_label} ${words.states!['kind']![s.kind]}结算单` : '交接结算单'} loading={sheet.loading} error={sheet.error} retry={sheet.retry} back="/handover/sheets"
        tags={s ? <><Tag>{s.no}</Tag><StateTag value={s.state} words={words.states?.['state']} tones={SHEET_TONES} /></> : null}
        actions={
          s ? (
            <>
              {draft && s.body.leaver_fen > 0 && may('payment.payment.take') ? <Button onClick={() => go(`/payment/desk?house_id=${s.house_id}`)}>去收费</Button> : null}
              {draft ? <CanButton can={s.can.change} words={words} loading={bill.running} onClick={() => void bill.run({ sheet_id })}>补出账单</CanButton> : null}
              <Button href={fileUrl(handover.sheetPdf, { sheet_id })} target="_blank">{draft || s.body.leaver_fen > 0 ? '打印结算单' : '打印证明'}</Button>
              {draft ? <CanButton danger can={s.can.change} words={words} onClick={() => setCancelling(true)}>取消</CanButton> : null}
              {draft ? <CanButton type="primary" can={s.can.complete} words={words} onClick={() => setCompleting(true)}>办结</CanButton> : null}
            </>
          ) : null
        }
        facts={s ? factsOf(s) : []}
      >
        {s ? <Body s={s} again={sheet.retry} /> : null}
      </DetailPage>
      {completing && s ? <Complete sheet={s} close={() => setCompleting(false)} /> : null}
      {cancelling ? (
        <ReasonModal open title="取消结算单" danger submit="取消结算单" onClose={() => setCancelling(false)} loading={cancel.running} submitError={cancel.error} suggestions={['交易没有成交', '改期办理']}
          onConfirm={async (reason) => { if (await cancel.run({ sheet_id, reason })) setCancelling(false) }}
        ><p>已出的账单保留,下次出账只补其余的天数。</p></ReasonModal>
      ) : null}
    </>
  )
}

const factsOf = (s: Sheet) => [
  ['房产', <Go key="h" to={`/property/houses/${s.house_id}`}>{s.community_name} {s.house_label}</Go>],
  ['结算日', `${s.on_day}(此前归离开方,当日起归接手方)`],
  [s.kind === 'transfer' ? '原业主' : '租户', s.leaver_names],
  ['接手的人', s.taker_names],
  ['开单', `${s.created_by_name} ${instant(s.created_at)}`],
  ['办结', s.done_at ? `${s.done_by_name ?? ''} ${instant(s.done_at)}` : null],
  ['说明', s.note],
  ...(s.cancel_reason ? [['取消原因', s.cancel_reason] as const] : []),
] as const

function Body({ s, again }: { s: Sheet; again: () => void }) {
  const b = s.body
  return (
    <>
      {s.state === 'draft' ? b.warnings.map((w) => <Alert key={w} type="warning" showIcon title={w} />) : null}
      <div className="hy-figures">
        <Figure label={s.state === 'done' ? '办结时未收' : '未收合计'} value={money(b.open_fen)} unit="元" to={s.state === 'draft' ? `/billing/bills?house_id=${s.house_id}&state=unpaid` : null} />
        <Figure label="离开方应付" value={money(b.leaver_fen)} unit="元" />
        <Figure label="按日归接手方" value={money(b.taker_fen)} unit="元" />
        <Figure label="预存" value={money(b.wallet_fen + b.bound.reduce((n, x) => n + x.balance_fen, 0))} unit="元" to={`/payment/statement?house_id=${s.house_id}`} />
        <Figure label="在押押金" value={money(b.deposits.reduce((n, d) => n + d.held_fen, 0))} unit="元" />
      </div>
      {s.outcome ? <Done s={s} /> : null}
      <div className="hy-card hy-stack"><h2>未收账单</h2><Bills rows={b.bills} /></div>
      {b.ahead.length ? <div className="hy-card hy-stack"><h2>已缴至结算日之后(双方自行结算)</h2><Ahead s={s} /></div> : null}
      <div className="hy-card hy-stack"><h2>表计</h2><Readings s={s} again={again} /></div>
      {b.deposits.length ? (
        <div className="hy-card hy-stack"><h2>押金</h2>
          <RowsTable label="押金" rows={b.deposits} row_key="deposit_id" empty="" columns={[{ key: 'deposit_no', title: '押金收据号', width: 140, show: (d) => <Go to={`/payment/deposits/${d.deposit_id}`}>{d.deposit_no}</Go> }, { key: 'kind_name', title: '种类', width: 140 }, { key: 'payer_name', title: '交款人', width: 120 }, { key: 'held_fen', title: '在押', width: 110 }]} />
        </div>
      ) : null}
    </>
  )
}

const Ahead = ({ s }: { s: Sheet }) => (
  <RowsTable label="已缴至结算日之后" rows={s.body.ahead} row_key="bill_id" empty="" totals={{ ahead_fen: money(s.body.ahead_fen) }}
    columns={[
      { key: 'period', title: '账期', width: 90, show: (r) => <Go to={`/billing/bills/${r.bill_id}`}>{r.period}</Go> },
      { key: 'fee_item_name', title: '收费项目', width: 130 },
      { key: 'span', title: '计费期间', width: 190, show: (r) => `${r.from_on} 至 ${addDays(r.to_on, -1)}` },
      { key: 'paid_fen', title: '已缴', width: 110 },
      { key: 'ahead_fen', title: '其中结算日起', width: 120 },
    ]}
  />
)

function Done({ s }: { s: Sheet }) {
  const o = s.outcome!
  const list = (rows: typeof o.passed) => rows.map((l) => `${l.period} ${l.fee_item_name} ${money(l.amount_fen)} 元(${l.name})`).join('、')
  return (
    <div className="hy-card hy-stack">
      <h2>办结结果</h2>
      <div>由接手方承担:{o.passed.length ? list(o.passed) : '无'}</div>
      <div>仍由离开方承担:{o.stayed.length ? <span className="hy-red">{list(o.stayed)}</span> : '无,离开方已结清'}</div>
      <div>预存:{o.wallet}</div>
      {o.deposits.length ? <div>押金:{o.deposits.join(';')}</div> : null}
      {o.refunds.length ? <div>退款:{o.refunds.map((r) => <Go key={r.refund_id} to={`/payment/refunds/${r.refund_id}`}>{r.refund_no} {money(r.amount_fen)} 元 </Go>)}(待另一人审批)</div> : null}
      {o.agreement ? <div>双方约定:{o.agreement}</div> : null}
      <div className="hy-muted">原因:{o.reason}</div>
    </div>
  )
}
