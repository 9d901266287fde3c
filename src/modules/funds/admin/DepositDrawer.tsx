// 登记缴存: one house with its amount, or all houses without a first deposit by the standard; what will be booked is shown first.
import { Alert, Button, Segmented } from 'antd'
import { useState } from 'react'
import { useRead, useWrite, type In } from '../../../ui/api.ts'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { today } from '../../../kernel/clock.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { funds } from '../contract.ts'
import { words } from '../words.ts'

type Asked = In<typeof funds.previewDeposit.takes>
const KIND = { kind: words.states?.['deposit_kind'] }
const HEAD = ['paid_on', 'voucher_no', 'payer_name', 'note'] as const

export function DepositDrawer({ community_id, house, close }: { community_id: string; house?: { house_id: string; label: string; first: boolean; amount_fen?: number }; close: () => void }) {
  const [whole, setWhole] = useState(false)
  const [house_id, setHouse] = useState(house?.house_id)
  const [asked, setAsked] = useState<Asked>()
  const take = useWrite(funds.takeDeposit, { in_form: true, done: (a) => `已登记 ${a.house_count} 户 ${money(a.amount_fen)} 元` })
  if (asked) return <Confirm asked={asked} back={() => setAsked(undefined)} close={close} />
  const tabs = house ? null : <Segmented aria-label="登记方式" value={whole ? 'whole' : 'one'} onChange={(v) => setWhole(v === 'whole')} options={[{ value: 'one', label: '逐户登记' }, { value: 'whole', label: '按标准登记全部未缴房产' }]} style={{ marginBottom: 12 }} />
  if (whole)
    return (
      <FormDrawer
        key="whole" open title="登记缴存" call={funds.previewDeposit} onClose={close} loading={false} submitError={null} submit="试算" note={tabs} fixed={{ community_id, kind: 'first' }} initial={{ paid_on: today() }} fields={[...HEAD]}
        onSubmit={(input) => setAsked(input)}
      />
    )
  return (
    <FormDrawer
      key="one" open title={house ? `登记缴存 ${house.label}` : '登记缴存'} call={funds.takeDeposit} onClose={close} loading={take.running} submitError={take.error} submit="登记" words={KIND} fixed={{ community_id }}
      note={<>{tabs}{house ? null : <label className="hy-from" style={{ marginBottom: 12 }}>房号<span style={{ minWidth: 280 }}><HousePicker value={house_id} onChange={(v) => setHouse(v as string)} id="fund-house" /></span></label>}</>}
      initial={{ kind: house?.first ? 'topup' : 'first', paid_on: today(), ...(house?.amount_fen ? { amount_fen: house.amount_fen } : {}) }} fields={[{ name: 'kind', kind: 'select' }, 'amount_fen', ...HEAD].map((f) => (f === 'amount_fen' ? { name: 'amount_fen' as const, label: '金额' } : f)) as never}
      onSubmit={async (input) => {
        if (house_id && (await take.run({ ...input, lines: [{ house_id, amount_fen: input.amount_fen }] }))) close()
      }}
    />
  )
}

function Confirm({ asked, back, close }: { asked: Asked; back: () => void; close: () => void }) {
  const seen = useRead(funds.previewDeposit, asked)
  const take = useWrite(funds.takeDeposit, { in_form: true, done: (a) => `已登记 ${a.house_count} 户 ${money(a.amount_fen)} 元` })
  return (
    <FormModal
      open title="核对缴存" width={720} call={funds.takeDeposit} fields={[]} fixed={{ ...asked, amount_fen: seen.data?.amount_fen ?? 0 }} loading={take.running || seen.loading} submitError={take.error} submit={seen.data ? `登记 ${seen.data.lines.length} 户` : '登记'} onClose={close}
      onSubmit={async (input) => { if (await take.run(input)) close() }}
    >
      {seen.error ? <ErrorBlock error={seen.error} retry={seen.retry} /> : seen.data ? (
        <div className="hy-stack">
          <Alert type="info" title={`共 ${seen.data.lines.length} 户,合计 ${money(seen.data.amount_fen)} 元`} action={<Button size="small" onClick={back}>修改</Button>} />
          <RowsTable label="缴存明细" rows={seen.data.lines} row_key="house_id" empty="没有房产" height={320} columns={[{ key: 'house_label', title: '房号', width: 120 }, { key: 'area_m2', title: '建筑面积', width: 110 }, { key: 'unit_price', title: '标准(元/㎡)', width: 110, align: 'right' }, { key: 'amount_fen', title: '金额', width: 120 }]} />
        </div>
      ) : <LoadingBlock />}
    </FormModal>
  )
}
