import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { DepositKind } from '../contract_deposit.ts'

export default function DepositKindsPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const kinds = useRead(payment.depositKinds, place_id ? { community_id: place_id } : {})
  const save = useWrite(payment.saveDepositKind, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<DepositKind | 'new'>()
  const row = open === 'new' ? undefined : open
  return (
    <>
      <ReadPage title="押金种类" loading={kinds.loading} error={kinds.error} retry={kinds.retry} actions={may('payment.deposit.setup') ? <Button type="primary" onClick={() => setOpen('new')}>新增种类</Button> : null}>
        <RowsTable
          label="押金种类" rows={kinds.data?.rows ?? []} row_key="kind_id" empty="还没有押金种类"
          columns={[
            { key: 'name', title: '种类', width: 140 },
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'amount_fen', title: '通常金额', width: 110, show: (r) => (r.amount_fen ? money(r.amount_fen) : '面议') },
            { key: 'max_fen', title: '上限', width: 110, show: (r) => (r.max_fen === null ? '不限' : money(r.max_fen)) },
            { key: 'return_days', title: '约定退还', width: 110, show: (r) => (r.return_days === null ? '—' : `${r.return_days} 天后`) },
            { key: 'basis', title: '收取依据', width: 200 },
            { key: 'held_fen', title: '在押', width: 150, show: (r) => (r.held_count ? <Go to={`/payment/deposits?kind_id=${r.kind_id}`}>{money(r.held_fen)}({r.held_count} 笔)</Go> : '—') },
            { key: 'disabled_at', title: '状态', width: 90, show: (r) => <StateTag value={r.disabled_at ? 'off' : 'on'} words={{ on: '使用中', off: '已停用' }} tones={{ on: 'good', off: 'plain' }} /> },
            { key: 'act', title: '操作', width: 90, show: (r) => (may('payment.deposit.setup') ? <Button size="small" onClick={() => setOpen(r)}>修改</Button> : '—') },
          ]}
        />
      </ReadPage>
      {open ? (
        <FormDrawer
          key={row?.kind_id ?? 'new'} open onClose={() => { setOpen(undefined); save.reset() }} title={row ? `修改 ${row.name}` : '新增押金种类'} call={payment.saveDepositKind} loading={save.running} submitError={save.error}
          {...(row ? { fixed: { kind_id: row.kind_id } } : {})}
          initial={row ? { community_id: row.community_id, name: row.name, amount_fen: row.amount_fen, max_fen: row.max_fen, return_days: row.return_days, basis: row.basis, disabled: row.disabled_at !== null } : { community_id: place_id ?? places[0]?.id ?? '', amount_fen: 0 }}
          fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, 'name', { name: 'amount_fen', help: '收取时自动带出,0 为面议' }, { name: 'max_fen', help: '当地规定的上限,如装修押金每户不超过 2000 元;留空不限' }, { name: 'return_days', kind: 'whole', suffix: '天', help: '收取时自动算出约定退还日' }, { name: 'basis', placeholder: '如:装修管理服务协议第 8 条' }, 'disabled']}
          onSubmit={async (input) => { if (await save.run(input)) { setOpen(undefined); save.reset() } }}
        />
      ) : null}
    </>
  )
}
