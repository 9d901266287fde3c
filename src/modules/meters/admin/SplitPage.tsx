import { Alert, Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { billing } from '../../billing/contract.ts'
import { words as billingWords } from '../../billing/words.ts'
import { words as propertyWords } from '../../property/words.ts'
import { meters, type SharePartRow } from '../contract.ts'
import { words } from '../words.ts'
import { SPLIT_TONES } from './ShareForms.tsx'
import { say, short } from './shared.tsx'

const WORDS = [words, billingWords]

export default function SplitPage() {
  const split_id = useParam('split_id')
  const go = useGo()
  const may = useMay()
  const file = useRead(meters.shareSplit, { split_id })
  const sees = may('billing.run.read')
  const bills = useRead(billing.shareBilling, { split_id }, { enabled: sees })
  const redo = useWrite(meters.draftSplit, { in_form: true, done: '已重新试算' })
  const discard = useWrite(meters.discardSplit, { done: '已放弃' })
  const voids = useWrite(billing.voidShare, { in_form: true, done: (a) => `已作废 ${a.voided_count} 张账单,可重新试算`, invalidates: 'all' })
  const [act, setAct] = useState<'publish' | 'void'>()
  const s = file.data
  const close = () => setAct(undefined)
  const again = async () => {
    if (!s) return
    const a = await redo.run({ group_id: s.group_id, period: s.period })
    if (a) go(`/meters/splits/${a.split_id}`, { replace: true })
  }
  const drop = async () => {
    if (s && (await confirm({ title: `放弃 ${s.group_name} ${s.period} 的草稿?`, ok: '放弃', danger: true })) && (await discard.run({ split_id }))) go(`/meters/shares/${s.group_id}`)
  }
  return (
    <>
      <DetailPage
        title={s ? `${s.group_name} ${s.period}` : '公摊'} loading={file.loading} error={file.error} retry={file.retry} back="/meters/shares"
        tags={s ? <StateTag value={s.state} words={words.states?.['split']} tones={SPLIT_TONES} /> : null}
        actions={s ? (
          <>
            <Button href={fileUrl(meters.sharePosting, { split_id })} target="_blank">打印公示</Button>
            <ExcelButton call={meters.sharePartsExcel} input={{ split_id }} label="导出明细" />
            {s.state === 'draft' ? <><CanButton can={s.can.redo} words={WORDS} loading={redo.running} onClick={() => void again()}>重新试算</CanButton><CanButton can={s.can.discard} words={WORDS} onClick={() => void drop()}>放弃</CanButton><CanButton type="primary" can={s.can.publish} words={WORDS} onClick={() => setAct('publish')}>出账</CanButton></> : null}
            {s.state === 'published' ? <CanButton danger can={s.can.void} words={WORDS} onClick={() => setAct('void')}>整批作废</CanButton> : null}
          </>
        ) : null}
        facts={s ? [
          ['公摊组', <Go key="g" to={`/meters/shares/${s.group_id}`}>{s.group_name}</Go>], ['公摊总额', <MoneyText key="t" fen={s.total_fen} strong sign />], ['公摊用量', s.quantity === null ? '—' : short(s.quantity)], ['单价', s.unit_price ? `${short(s.unit_price)} 元` : '供应商账单'], ...(s.invoice_no ? [['账单号', s.invoice_no] as const] : []), ['分摊户数', `${s.house_count} 户`],
          ['制单', `${s.created_by_name ?? '—'} ${instant(s.created_at)}`], ...(s.published_at ? [['出账', `${s.published_by_name ?? '—'} ${instant(s.published_at)}`] as const] : []), ...(s.void_reason ? [['作废原因', s.void_reason] as const] : []),
          ...(bills.data && bills.data.bill_count ? [['账单', bills.data.run_id ? <Go key="b" to={`/billing/bills?run_id=${bills.data.run_id}`}>{bills.data.bill_count} 张</Go> : `${bills.data.bill_count} 张`] as const, ['已收', <MoneyText key="p" fen={bills.data.paid_fen} />] as const] : []),
        ] : []}
        tabs={s ? [
          { key: 'parts', label: '各户份额', badge: s.house_count, children: () => <Parts split_id={split_id} total_fen={s.total_fen} method={s.method} /> },
          { key: 'usage', label: '公摊用量', children: () => <RowsTable label="公摊用量" rows={s.usage} row_key="point_id" empty="金额来自供应商账单" columns={[{ key: 'name', title: '表', width: 240 }, { key: 'take', title: '取法', width: 230, show: (u) => say('share_take', u.take) }, { key: 'usage', title: '本表用量', width: 110, align: 'right', show: (u) => short(u.usage) }, { key: 'less', title: '分表合计', width: 110, align: 'right', show: (u) => short(u.less) }, { key: 'counted', title: '计入公摊', width: 110, align: 'right', show: (u) => short(u.counted) }]} /> },
        ] : []}
      >
        {redo.error ? <Alert type="error" showIcon role="alert" title={redo.error.message} closable={{ onClose: redo.reset }} /> : null}
        {s ? <Alert type="info" showIcon title={s.rule_text} description={`依据:${s.rule.basis}。每户账单上都写明总额、规则和本户权重;各户之和等于总额。`} /> : null}
        {bills.data?.missing ? <Alert type="warning" showIcon title={bills.data.missing} action={may('billing.run.publish') ? <Button size="small" onClick={() => setAct('publish')}>补出</Button> : undefined} /> : null}
      </DetailPage>
      {s && act === 'publish' ? <Publish split_id={split_id} parts_hash={s.parts_hash} total_fen={s.total_fen} house_count={s.house_count} items={bills.data?.items ?? []} close={close} /> : null}
      {s && act === 'void' ? <ReasonModal open danger title={`作废 ${s.group_name} ${s.period} 的全部公摊账单`} submit="作废" onClose={close} loading={voids.running} submitError={voids.error} onConfirm={async (reason) => { if (await voids.run({ split_id, reason })) close() }}><p>未缴的账单全部作废并冲回应收;已有人缴费的不能整批作废。作废后可重新试算。</p></ReasonModal> : null}
    </>
  )
}

function Publish({ split_id, parts_hash, total_fen, house_count, items, close }: { split_id: string; parts_hash: string; total_fen: number; house_count: number; items: readonly { fee_item_id: string; name: string; is_last: boolean }[]; close: () => void }) {
  const publish = useWrite(billing.publishShare, { in_form: true, done: (a) => `已出 ${a.published_count} 张账单`, invalidates: 'all' })
  const first = items.find((i) => i.is_last) ?? items[0]
  return (
    <FormModal
      open onClose={close} title="公摊出账" call={billing.publishShare} loading={publish.running} submitError={publish.error} submit="出账" {...(items.length === 0 ? { blocked: '还没有公摊的收费项目' } : {})}
      note={<p>共 {house_count} 户,合计 <MoneyText fen={total_fen} sign strong />。{items.length === 0 ? <>本小区还没有计价方式为「公摊」的收费项目,请先<Go to="/billing/items">新增</Go>。</> : null}</p>}
      fields={[{ name: 'fee_item_id', label: '收费项目', kind: 'select', options: items.map((i) => ({ value: i.fee_item_id, label: i.name })) }]}
      fixed={{ split_id, parts_hash }} initial={first ? { fee_item_id: first.fee_item_id } : {}} onSubmit={async (i) => { if (await publish.run(i)) close() }}
    />
  )
}

function Parts({ split_id, total_fen, method }: { split_id: string; total_fen: number; method: string }) {
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '房号' }, { kind: 'select', name: 'only', label: '只看', options: [{ value: 'zero', label: '份额为零' }, { value: 'no_payer', label: '没有缴费人' }] }], [])
  const list = useList(meters.shareParts, { filters, fixed: { split_id }, page_size: 50 })
  const columns: readonly Column<SharePartRow>[] = [
    { key: 'house_label', title: '房号', width: 120, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> },
    { key: 'building_name', title: '楼栋', width: 90 },
    { key: 'floor_no', title: '层', width: 55 },
    { key: 'house_state', title: '房态', width: 75, show: (r) => propertyWords.states?.['house_state']?.[r.house_state] ?? r.house_state },
    { key: 'payer_name', title: '缴费人', width: 110, show: (r) => r.payer_name ?? <span className="hy-red">没有</span> },
    { key: 'base', title: method === 'area' ? '面积 m²' : method === 'household' ? '户' : method === 'usage' ? '用量' : '权重', width: 90, align: 'right' },
    { key: 'floor_coefficient', title: '楼层系数', width: 85, align: 'right' },
    { key: 'coefficient', title: '本户系数', width: 85, align: 'right' },
    { key: 'percent', title: '承担 %', width: 80, align: 'right' },
    { key: 'weight', title: '权重', width: 100, align: 'right', show: (r) => short(r.weight.replace(/(\.\d{4})\d+$/, '$1')) },
    { key: 'amount_fen', title: '应摊', width: 100 },
  ]
  const filtered = Boolean(list.search['q'] ?? list.search['only'])
  return <ListPage {...list} inside title="各户份额" name="meters.parts" columns={columns} row_key="house_id" totals={filtered ? () => ({}) : () => ({ amount_fen: <MoneyText fen={total_fen} strong /> })} note={list.data?.no_payer_count ? <span className="hy-red">有 {list.data.no_payer_count} 户没有缴费人,出账前请先登记</span> : null} empty={{ text: '没有符合条件的户' }} />
}
