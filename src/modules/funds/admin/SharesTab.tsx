import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, MoneyText } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { today } from '../../../kernel/clock.ts'
import { funds } from '../contract.ts'
import type { ShareRow } from '../use_contract.ts'

export function SharesTab({ use_id, booked }: { use_id: string; booked: boolean }) {
  const may = useMay()
  const read = useRead(funds.shares, { use_id })
  const pay = useWrite(funds.payShare, { in_form: true, done: (a) => (a.open_fen ? `已登记,还需补交 ${money(a.open_fen)} 元` : '已补齐') })
  const [row, setRow] = useState<ShareRow>()
  if (read.error) return <ErrorBlock error={read.error} retry={read.retry} />
  if (!read.data) return <LoadingBlock />
  const s = read.data
  const takes = booked && may('funds.deposit.take')
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <span>{s.rows.length} 户,分摊合计 <MoneyText fen={s.share_fen} strong />,从分户账支出 <MoneyText fen={s.drawn_fen} />,业主补交 <MoneyText fen={s.owed_fen} owed /></span>
        <Button href={fileUrl(funds.sharesPdf, { use_id })} target="_blank">打印公示</Button>
        {may('funds.fund.export') ? <ExcelButton call={funds.sharesExcel} input={{ use_id }} /> : null}
      </div>
      <RowsTable
        label="分摊清单" rows={s.rows} row_key="house_id" empty="没有房产" totals={{ share_fen: money(s.share_fen), drawn_fen: money(s.drawn_fen), owed_fen: money(s.owed_fen), paid_fen: money(s.paid_fen) }}
        columns={[
          { key: 'house_label', title: '房号', width: 110, show: (r) => <Go to={`/funds/accounts/${r.house_id}`}>{r.house_label}</Go> }, { key: 'owner_names', title: '业主', width: 130 }, { key: 'area_m2', title: '建筑面积', width: 100 }, { key: 'share_fen', title: '分摊金额', width: 120 },
          { key: 'balance_fen', title: booked ? '现余额' : '分户余额', width: 120 }, { key: 'drawn_fen', title: '从分户账支出', width: 120 }, { key: 'owed_fen', title: '业主补交', width: 110, show: (r) => (r.owed_fen ? <MoneyText fen={r.owed_fen} owed /> : '—') }, { key: 'paid_fen', title: '已补交', width: 110 },
          ...(takes ? [{ key: 'act', title: '操作', width: 90, show: (r: ShareRow) => (r.owed_fen > r.paid_fen ? <Button size="small" onClick={() => setRow(r)}>补交</Button> : null) }] : []),
        ]}
      />
      {row ? (
        <FormModal
          open title={`${row.house_label} 补交分摊款`} call={funds.payShare} onClose={() => { setRow(undefined); pay.reset() }} loading={pay.running} submitError={pay.error} submit="登记" fixed={{ use_id, house_id: row.house_id }} initial={{ amount_fen: row.owed_fen - row.paid_fen, paid_on: today() }} fields={['amount_fen', 'paid_on', 'voucher_no']}
          onSubmit={async (input) => { if (await pay.run(input)) setRow(undefined) }}
        />
      ) : null}
    </div>
  )
}
