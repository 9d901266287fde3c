// One use of the fund: where it stands, what may be done next, its steps with their proof, the split, the payments.
import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant, money } from '../../../ui/format.ts'
import { Parts } from '../../../ui/parts.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { funds } from '../contract.ts'
import { words } from '../words.ts'
import { SharesTab } from './SharesTab.tsx'
import { StepDrawer, type Act } from './StepDrawer.tsx'
import { UseDrawer } from './UseDrawer.tsx'
import { USE_TONES } from './UsesPage.tsx'

type Use = Out<(typeof funds.use)['gives']>
const BUTTONS: readonly { act: Act; can: keyof Use['can']; label: string; danger?: boolean }[] = [
  { act: 'post', can: 'post', label: '公示方案' }, { act: 'vote', can: 'vote', label: '登记表决' }, { act: 'ask', can: 'ask', label: '提交审批' }, { act: 'contract', can: 'contract', label: '登记合同' }, { act: 'accept', can: 'accept', label: '竣工验收' }, { act: 'settle', can: 'settle', label: '登记决算' },
  { act: 'share', can: 'share', label: '公示分摊' }, { act: 'pay', can: 'pay', label: '登记付款' }, { act: 'unshare', can: 'unshare', label: '撤回分摊' }, { act: 'revise', can: 'revise', label: '修改后重报' }, { act: 'reapply', can: 'reapply', label: '超预算重新申请' }, { act: 'cancel', can: 'cancel', label: '取消项目', danger: true },
]

export default function UsePage() {
  const use_id = useParam('use_id')
  const read = useRead(funds.use, { use_id })
  const book = useWrite(funds.bookShares, { done: (a) => `已入账:分户账支出 ${money(a.drawn_fen)} 元,业主补交 ${money(a.owed_fen)} 元` })
  const [act, setAct] = useState<Act>()
  const [editing, setEditing] = useState(false)
  const u = read.data
  const bookNow = async () => {
    if (u && (await confirm({ title: `按分摊清单入账 ${money(u.invoice_fen)} 元?`, content: '从各户分户账支出,余额不足的由业主补交;入账后不能撤回。' }))) await book.run({ use_id })
  }
  return (
    <>
      <DetailPage
        title={u?.title ?? '使用项目'} loading={read.loading} error={read.error} retry={read.retry} back="/funds/uses" tags={u ? <StateTag value={u.state} words={words.states?.['use']} tones={USE_TONES} /> : null}
        actions={u ? (
          <>
            {u.can.edit === true ? <Button onClick={() => setEditing(true)}>修改</Button> : null}
            {BUTTONS.filter((b) => u.can[b.can] === true).map((b) => <Button key={b.act} danger={b.danger ?? false} onClick={() => setAct(b.act)}>{b.label}</Button>)}
            {u.can.vote === true ? <Parts at="funds.use" id={use_id} /> : null}
            {u.state === 'shared' ? <CanButton type="primary" can={u.can.book} words={words} loading={book.running} onClick={() => void bookNow()}>分摊入账</CanButton> : null}
          </>
        ) : null}
        facts={u ? factsOf(u) : []}
        tabs={u ? [
          { key: 'steps', label: '步骤', children: () => <Steps u={u} /> },
          ...(u.state === 'cancelled' ? [] : [{ key: 'shares', label: u.state === 'shared' || u.state === 'booked' ? '分摊清单' : '分摊试算', children: () => <SharesTab use_id={use_id} booked={u.state === 'booked'} /> }]),
          { key: 'payments', label: '付款', badge: u.payments.length, children: () => <RowsTable label="付款" rows={u.payments} row_key="payment_id" empty="还没有付款" columns={[{ key: 'paid_on', title: '付款日', width: 110 }, { key: 'amount_fen', title: '金额', width: 130 }, { key: 'voucher_no', title: '凭证号', width: 160 }, { key: 'note', title: '说明', width: 240 }]} totals={{ amount_fen: money(u.paid_fen) }} /> },
        ] : []}
      />
      {act && u ? <StepDrawer act={act} use={u} close={() => setAct(undefined)} /> : null}
      {editing && u ? <UseDrawer community_id={u.community_id} use={u} close={() => setEditing(false)} /> : null}
    </>
  )
}

function factsOf(u: Use): (readonly [string, React.ReactNode])[] {
  const v = u.vote
  return [
    ['程序', `${words.states?.['use_path']?.[u.path] ?? ''}${u.danger ? `:${u.danger}` : ''}`], ['分摊范围', `${u.community_name} ${u.scope_text}`], ['预算', <MoneyText key="b" fen={u.budget_fen} strong />],
    ...(u.contract_fen ? [['合同', <span key="c">{u.supplier_name} {u.contract_no} <MoneyText fen={u.contract_fen} /></span>] as const] : []),
    ...(u.invoice_fen ? [['决算', <span key="i"><MoneyText fen={u.invoice_fen} strong /> 发票 {u.invoice_no}{u.audit_no ? ` 审计 ${u.audit_no}` : ''}</span>] as const] : []),
    ['已付', <MoneyText key="p" fen={u.paid_fen} />], ...(u.owed_fen ? [['业主待补交', <MoneyText key="o" fen={u.owed_fen} owed />] as const] : []),
    ...(v ? [['表决', `${v.passed ? '通过' : '未通过'}:应参加 ${v.base_count} 人 ${v.base_m2} ㎡,参加 ${v.joined_count} 人 ${v.joined_m2} ㎡,同意 ${v.yes_count} 人 ${v.yes_m2} ㎡(${v.rule})`] as const] : []),
    ...(u.approval_id ? [['审批', <Go key="a" to={`/system/approvals/${u.approval_id}`}>查看审批</Go>] as const] : []), ['方案', u.plan], ['立项', `${u.created_by_name} ${instant(u.created_at)}`],
  ]
}

function Steps({ u }: { u: Use }) {
  return (
    <RowsTable
      label="步骤" rows={u.steps} row_key="step_id" empty="还没有步骤"
      columns={[
        { key: 'on_day', title: '日期', width: 110 }, { key: 'action', title: '步骤', width: 130, show: (s) => words.states?.['use_action']?.[s.action] ?? s.action }, { key: 'note', title: '说明', width: 360 },
        { key: 'files', title: '附件', width: 200, show: (s) => (s.files.length ? s.files.map((f) => <a key={f.file_id} href={fileUrl(funds.useFile, { use_id: u.use_id, file_id: f.file_id })} style={{ marginRight: 8 }}>{f.name}</a>) : '—') },
        { key: 'created_by_name', title: '经办人', width: 90 }, { key: 'created_at', title: '登记时间', width: 150 },
      ]}
    />
  )
}
