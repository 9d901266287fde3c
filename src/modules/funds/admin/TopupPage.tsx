// One plan of the top-up: its vote, the notices, and who has paid.
import { Button } from 'antd'
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite, type Call, type Out, type Shape } from '../../../ui/api.ts'
import { CanButton, ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal, type FormOverProps } from '../../../ui/FormDrawer.tsx'
import { instant, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { funds } from '../contract.ts'
import type { TopupLine } from '../topup_contract.ts'
import { words } from '../words.ts'
import { DepositDrawer } from './DepositDrawer.tsx'
import { TOPUP_TONES, percentOf } from './shared.ts'

type Plan = Out<(typeof funds.topup)['gives']>
type Act = 'vote' | 'issue' | 'close' | 'cancel'
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '房号' }]
const FORMS: Record<Act, { title: string; submit: string; call: Call; fields: readonly unknown[]; note: (p: Plan) => string; initial?: object; columns?: 2 }> = {
  vote: { title: '登记续筹表决结果', submit: '登记', call: funds.recordTopupVote, columns: 2, fields: ['on_day', 'base_count', 'base_m2', 'joined_count', 'joined_m2', 'yes_count', 'yes_m2', 'objected_count', 'objected_m2'], note: () => '续筹须参加表决的业主人数和面积达到办法规定的比例,同意不低于参加的四分之三(以现行管理办法为准)', initial: { on_day: today(), objected_count: 0, objected_m2: '0' } },
  issue: { title: '发出续筹通知', submit: '发出通知', call: funds.issueTopup, fields: ['sms'], note: (p) => `向 ${p.house_count} 户业主发手机通知,缴款期限按管理办法起算;纸质通知可随后批量打印` },
  close: { title: '结束续筹', submit: '结束', call: funds.closeTopup, fields: ['end_note'], note: (p) => `结束后新的缴存不再计入本方案,未补 ${money(p.open_fen)} 元` },
  cancel: { title: '取消续筹方案', submit: '取消方案', call: funds.cancelTopup, fields: ['end_note'], note: () => '取消后可重新拟定' },
}

export default function TopupPage() {
  const plan_id = useParam('plan_id')
  const read = useRead(funds.topup, { plan_id })
  const [act, setAct] = useState<Act>()
  const p = read.data
  const buttons: readonly (readonly [Act, string])[] = [['vote', '登记表决'], ['issue', '发出通知'], ['close', '结束'], ['cancel', '取消方案']]
  return (
    <>
      <DetailPage
        title={p ? `${p.plan_no} ${p.title}` : '续筹方案'} loading={read.loading} error={read.error} retry={read.retry} back="/funds/topups" tags={p ? <StateTag value={p.state} words={words.states?.['topup']} tones={TOPUP_TONES} /> : null}
        actions={p ? buttons.filter(([a]) => p.can[a] === true).map(([a, label]) => <CanButton key={a} can={p.can[a]} words={words} type={a === 'issue' || a === 'vote' ? 'primary' : 'default'} onClick={() => setAct(a)}>{label}</CanButton>) : null}
        facts={p ? factsOf(p) : []} tabs={p ? [{ key: 'lines', label: '续筹明细', children: () => <Lines plan={p} /> }] : []}
      />
      {act && p ? <ActForm act={act} plan={p} close={() => setAct(undefined)} /> : null}
    </>
  )
}

function factsOf(p: Plan): (readonly [string, React.ReactNode])[] {
  const v = p.vote
  return [
    ['应补合计', <MoneyText key="t" fen={p.total_fen} strong />], ['已补', <MoneyText key="p" fen={p.paid_fen} />], ['未补', <MoneyText key="o" fen={p.open_fen} owed={p.open_fen > 0} />], ['户数', `${p.house_count} 户,已通知 ${p.told_count} 人`],
    ['规则', `余额低于首次缴存 ${percentOf(p.threshold_bp)} 的房屋补足到 ${percentOf(p.target_bp)}`], ['依据', `${words.states?.['topup_way']?.[p.way] ?? ''}:${p.basis}`], ['小区', p.community_name], ...(p.due_on ? [['缴款期限', p.due_on] as const] : []),
    ...(v ? [['表决', `${p.voted_on ?? ''} ${v.passed ? '通过' : '未通过'}:应参加 ${v.base_count} 人 ${v.base_m2} ㎡,参加 ${v.joined_count} 人 ${v.joined_m2} ㎡,同意 ${v.yes_count} 人 ${v.yes_m2} ㎡(${v.rule})`] as const] : []),
    ['拟定', `${p.created_by_name} ${instant(p.created_at)}`], ...(p.issued_at ? [['通知', `${p.issued_by_name ?? ''} ${instant(p.issued_at)}`] as const] : []), ...(p.end_note ? [['结束说明', p.end_note] as const] : []),
  ]
}

function ActForm({ act, plan, close }: { act: Act; plan: Plan; close: () => void }) {
  const f = FORMS[act]
  const save = useWrite(f.call, { in_form: true, done: '已办理' })
  const props = { open: true, title: f.title, call: f.call, submit: f.submit, fields: f.fields, fixed: { plan_id: plan.plan_id }, initial: f.initial ?? {}, columns: f.columns ?? 1, loading: save.running, submitError: save.error, onClose: close, note: <p className="hy-muted">{f.note(plan)}</p>, onSubmit: async (input: object) => { if (await save.run(input)) close() } }
  return <FormModal {...(props as unknown as FormOverProps<Shape>)} />
}

function Lines({ plan }: { plan: Plan }) {
  const may = useMay()
  const list = useList(funds.topupLines, { filters: FILTERS, fixed: { plan_id: plan.plan_id } })
  const [row, setRow] = useState<TopupLine>()
  const takes = plan.state === 'issued' && may('funds.deposit.take')
  const prints = plan.state === 'issued' && may('funds.topup.write')
  const columns: readonly Column<TopupLine>[] = [
    { key: 'house_label', title: '房号', width: 110, always: true, show: (r) => <Go to={`/funds/accounts/${r.house_id}`}>{r.house_label}</Go> },
    { key: 'owner_names', title: '业主', width: 130 }, { key: 'built_area_m2', title: '建筑面积', width: 100 }, { key: 'first_fen', title: '首次缴存', width: 110 }, { key: 'balance_fen', title: '当时余额', width: 110 }, { key: 'due_fen', title: '应补', width: 110 }, { key: 'paid_fen', title: '已补', width: 110 },
    { key: 'open_fen', title: '未补', width: 110, show: (r) => (r.open_fen ? <MoneyText fen={r.open_fen} owed /> : '—') }, { key: 'told_count', title: '已通知', width: 70 },
    ...(takes ? [{ key: 'act', title: '操作', width: 90, show: (r: TopupLine) => (r.open_fen > 0 ? <Button size="small" onClick={() => setRow(r)}>登记缴存</Button> : null) }] : []),
  ]
  return (
    <>
      <div className="hy-line">
        {prints ? <Button href={fileUrl(funds.topupNotices, { plan_id: plan.plan_id })} target="_blank">打印未补的通知</Button> : null}
        {may('funds.fund.export') ? <ExcelButton call={funds.topupExcel} input={{ plan_id: plan.plan_id }} /> : null}
      </div>
      <ListPage
        {...list} inside title="续筹明细" name="funds.topup_lines" row_key="house_id" columns={columns} totals={(d) => ({ due_fen: money(d.due_fen), paid_fen: money(d.paid_fen), open_fen: money(d.open_fen) })} empty={{ text: '没有明细' }}
        {...(prints ? { batch: [{ label: '打印所选通知', can: (rows: readonly TopupLine[]) => (rows.every((r) => r.open_fen > 0) ? true : '所选中有已补清的'), run: (rows: readonly TopupLine[]) => void window.open(fileUrl(funds.topupNotices, { plan_id: plan.plan_id, house_ids: rows.map((r) => r.house_id) }), '_blank') }] } : {})}
      />
      {row ? <DepositDrawer community_id={plan.community_id} house={{ house_id: row.house_id, label: row.house_label, first: true, amount_fen: row.open_fen }} close={() => setRow(undefined)} /> : null}
    </>
  )
}
