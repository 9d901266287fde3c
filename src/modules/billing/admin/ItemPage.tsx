import { Button, Input, Space, Tag } from 'antd'
import { useState } from 'react'
import { addMonths } from '../../../kernel/clock.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HousesPicker } from '../../people/admin/shared.tsx'
import { words as propertyWords } from '../../property/words.ts'
import { billing, type FeeItemRow } from '../contract.ts'
import { words } from '../words.ts'
import { ItemDrawer } from './ItemDrawer.tsx'
import { thisMonth } from './shown.tsx'

const w = (state: string, key: string) => words.states?.[state]?.[key] ?? key
const kindZh = (k: string | null) => (k ? (propertyWords.states?.['house_kind']?.[k] ?? k) : '全部')

export default function ItemPage() {
  const fee_item_id = useParam('fee_item_id')
  const item = useRead(billing.feeItem, { fee_item_id })
  const toggle = useWrite(billing.setFeeItemDisabled, { done: '已保存' })
  const [editing, setEditing] = useState(false)
  const i = item.data
  const toggleNow = async () => {
    if (i && (i.disabled || (await confirm({ title: `停用「${i.name}」?`, content: '停用后不再出账,已出的账单不变。', ok: '停用', danger: true })))) await toggle.run({ fee_item_id, disabled: !i.disabled })
  }
  return (
    <>
      <DetailPage
        title={i ? `${i.community_name} ${i.name}` : '收费项目'} loading={item.loading} error={item.error} retry={item.retry} back="/billing/items"
        tags={i?.disabled ? <Tag>已停用</Tag> : null}
        actions={i ? <><CanButton can={i.can.write} words={words} onClick={() => setEditing(true)}>修改</CanButton><CanButton can={i.can.write} words={words} danger={!i.disabled} loading={toggle.running} onClick={() => void toggleNow()}>{i.disabled ? '启用' : '停用'}</CanButton></> : null}
        facts={
          i
            ? [
                ['计价方式', i.tariff_id ? <Go to={`/tariff/tariffs/${i.tariff_id}`} key="tariff">{`${i.tariff_name}(${i.component})`}</Go> : `${w('pricing', i.shape)}${i.area_kind ? `(${w('area_kind', i.area_kind)})` : ''}`],
                ['单位', i.unit_name],
                ['周期', `${w('cycle', i.cycle)}${i.season_from ? ` ${i.season_from} 至 ${i.season_to}` : ''}`],
                ['适用房产', i.house_kinds.map(kindZh).join('、')],
                ['适用方式', w('applies', i.applies)],
                ['费用类别', w('fee_class', i.fee_class)],
                ['不足一月', w('proration', i.proration)],
                ['到期', `出账后 ${i.due_days} 天`],
                ['款项归属', words.states?.['belongs_to']?.[i.belongs_to]],
                ['入账科目', i.account_code],
              ]
            : []
        }
        tabs={
          i
            ? [
                ...(i.tariff_id ? [] : [{ key: 'prices', label: '单价版本', children: () => <PricesTab item={i} /> }]),
                { key: 'assignments', label: '逐户标准', children: () => <AssignmentsTab item={i} /> },
              ]
            : []
        }
      />
      {editing && i ? <ItemDrawer item={i} close={() => setEditing(false)} done={item.retry} /> : null}
    </>
  )
}

function PricesTab({ item }: { item: FeeItemRow }) {
  const prices = useRead(billing.prices, { fee_item_id: item.fee_item_id })
  const [adding, setAdding] = useState(false)
  if (prices.error) return <ErrorBlock error={prices.error} retry={prices.retry} />
  if (prices.loading) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <div><CanButton type="primary" can={item.can.write} words={words} onClick={() => setAdding(true)}>发布新单价</CanButton></div>
      <RowsTable
        label="单价版本" rows={prices.data?.rows ?? []} row_key="price_id" empty="还没有单价"
        columns={[
          { key: 'unit_price', title: '单价(元)', width: 110, align: 'right', show: (p) => trimDecimal(p.unit_price) },
          { key: 'house_kind', title: '房产类别', width: 100, show: (p) => kindZh(p.house_kind) },
          { key: 'from_on', title: '生效日', width: 110 },
          { key: 'to_on', title: '失效日(不含)', width: 120, show: (p) => p.to_on ?? '长期' },
          { key: 'state', title: '状态', width: 100, show: (p) => <StateTag value={p.state} words={words.states?.['price']} tones={{ now: 'good', future: 'busy' }} /> },
          { key: 'basis', title: '依据', width: 220 },
          { key: 'created_by_name', title: '录入人', width: 100 },
          { key: 'created_at', title: '录入时间', width: 150, show: (p) => instant(p.created_at) },
        ]}
      />
      {adding ? <PriceDrawer item={item} close={() => setAdding(false)} /> : null}
    </div>
  )
}

function PriceDrawer({ item, close }: { item: FeeItemRow; close: () => void }) {
  const save = useWrite(billing.publishPrice, { in_form: true, done: (a) => (a.closed_count ? `已发布,原单价到该日为止` : '已发布') })
  const [tried, setTried] = useState<{ unit_price: string; house_kind: FeeItemRow['house_kinds'][number] | null }>()
  return (
    <FormDrawer
      open onClose={close} title={`${item.name}:发布新单价`} call={billing.publishPrice} loading={save.running} submitError={save.error} submit="发布" width={560} words={{ house_kind: propertyWords.states?.['house_kind'] ?? {} }}
      fields={[
        { name: 'unit_price', kind: 'decimal', suffix: item.unit_name, control: (c) => <PriceInput {...c} unit={item.unit_name} tryIt={(unit_price) => setTried({ unit_price, house_kind: null })} /> },
        { name: 'house_kind', label: '房产类别', kind: 'select', options: optionsOf(Object.fromEntries(item.house_kinds.map((k) => [k, kindZh(k)]))), placeholder: '全部' },
        'from_on', { name: 'basis', placeholder: '合同条款、业主大会决定或文号' },
      ]}
      fixed={{ fee_item_id: item.fee_item_id }} initial={{ house_kind: null, from_on: `${item.prices.length ? addMonths(thisMonth(), 1) : thisMonth()}-01` }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    >
      {tried ? <PriceTrial item={item} {...tried} /> : null}
    </FormDrawer>
  )
}

function PriceInput({ value, onChange, id, unit, tryIt }: Control & { unit: string; tryIt: (price: string) => void }) {
  const text = (value as string | undefined) ?? ''
  return (
    <Space.Compact block>
      <Input {...(id ? { id } : {})} inputMode="decimal" value={text} suffix={unit} onChange={(e) => onChange?.(e.target.value.trim())} />
      <Button disabled={!/^\d{1,9}(\.\d{1,6})?$/.test(text)} onClick={() => tryIt(text)}>按上月试算</Button>
    </Space.Compact>
  )
}

/** What last month's bills would have been: before anybody commits to it. */
function PriceTrial({ item, unit_price, house_kind }: { item: FeeItemRow; unit_price: string; house_kind: FeeItemRow['house_kinds'][number] | null }) {
  const trial = useRead(billing.pricePreview, { fee_item_id: item.fee_item_id, house_kind, unit_price, page: 1, page_size: 20 })
  if (trial.error) return <ErrorBlock error={trial.error} retry={trial.retry} />
  if (trial.loading || !trial.data) return <LoadingBlock />
  const d = trial.data
  if (!d.period) return <p role="status">上月没有该项目的账单,无法对比。</p>
  return (
    <div className="hy-stack">
      <p role="status">按 {d.period} 的账单:原 <MoneyText fen={d.before_fen} /> 元,新单价 <MoneyText fen={d.after_fen} strong /> 元,相差 <MoneyText fen={d.after_fen - d.before_fen} /> 元,共 {d.total} 笔。</p>
      <RowsTable label="试算明细" rows={d.rows.map((r, i) => ({ ...r, key: `${r.house_id}-${i}` }))} row_key="key" empty="没有明细" height={260} columns={[{ key: 'house_label', title: '房号', width: 100 }, { key: 'before_fen', title: '原金额', width: 100 }, { key: 'after_fen', title: '新金额', width: 100 }, { key: 'explanation', title: '计算过程', width: 260 }]} />
    </div>
  )
}

type AssignmentRow = Out<typeof billing.assignments.gives>['rows'][number]
function AssignmentsTab({ item }: { item: FeeItemRow }) {
  const list = useList(billing.assignments, { fixed: { fee_item_id: item.fee_item_id } })
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<AssignmentRow>()
  const remove = useWrite(billing.removeAssignment, { done: '已删除' })
  const may = useMay()
  const columns: readonly Column<AssignmentRow>[] = [
    { key: 'house_label', title: '房号', width: 130, always: true },
    { key: 'quantity', title: '数量', width: 100, align: 'right', show: (r) => (r.quantity.replace(/\.?0+$/, '') === '0' || /^0(\.0+)?$/.test(r.quantity) ? '不适用' : r.quantity.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')) },
    { key: 'from_on', title: '起(含)', width: 110 },
    { key: 'to_on', title: '止(不含)', width: 110, show: (r) => r.to_on ?? '长期' },
    { key: 'note', title: '说明', width: 200 },
    {
      key: 'act', title: '操作', width: 130,
      show: (r) => (
        <span className="hy-line">
          <CanButton size="small" type="link" can={r.can.write} words={words} onClick={() => setEnding(r)}>结束</CanButton>
          <CanButton size="small" type="link" danger can={r.can.remove} words={words} onClick={async () => { if (await confirm({ title: `删除 ${r.house_label} 的标准?`, ok: '删除', danger: true })) await remove.run({ assignment_id: r.assignment_id }, r.assignment_id) }}>删除</CanButton>
        </span>
      ),
    },
  ]
  return (
    <>
      <ListPage {...list} inside title="逐户标准" name="billing.assignments" columns={columns} row_key="assignment_id" actions={may('billing.item.write') ? <Button onClick={() => setAdding(true)}>指定房产</Button> : null} empty={{ text: item.applies === 'all' ? '没有例外:符合类别的房产都按数量 1 计' : '还没有指定房产' }} />
      {adding ? <AssignDrawer item={item} close={() => setAdding(false)} /> : null}
      {ending ? <EndDrawer row={ending} close={() => setEnding(undefined)} /> : null}
    </>
  )
}

function AssignDrawer({ item, close }: { item: FeeItemRow; close: () => void }) {
  const save = useWrite(billing.assignHouses, { in_form: true, done: (a) => `已指定 ${a.count} 户` })
  return (
    <FormDrawer
      open onClose={close} title={`${item.name}:指定房产`} call={billing.assignHouses} loading={save.running} submitError={save.error}
      fields={[{ name: 'house_ids', label: '房产', control: HousesPicker, wide: true }, { name: 'quantity', kind: 'decimal', help: '车位数、份数等;填 0 表示这些房产不收本项目' }, 'from_on', { name: 'to_on', label: '止(不含)', kind: 'day' }, 'note']}
      fixed={{ fee_item_id: item.fee_item_id }} initial={{ quantity: '1', to_on: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

function EndDrawer({ row, close }: { row: AssignmentRow; close: () => void }) {
  const save = useWrite(billing.endAssignment, { in_form: true, done: '已结束' })
  return <FormDrawer open onClose={close} title={`结束 ${row.house_label} 的标准`} call={billing.endAssignment} loading={save.running} submitError={save.error} submit="结束" fields={['to_on']} fixed={{ assignment_id: row.assignment_id }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
