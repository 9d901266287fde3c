// 物业企业: companies of the district and what each manages today.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay } from '../../../ui/session.ts'
import { supervision, type FirmRow } from '../contract.ts'

const FIRM = { live: '在册', over: '已注销' }
export default function FirmsPage() {
  const may = useMay()
  const writes = may('supervision.register.write')
  const [open, setOpen] = useState<FirmRow | 'new'>()
  const save = useWrite(supervision.saveFirm, { in_form: true, done: '已保存' })
  const close = (): void => { setOpen(undefined); save.reset() }
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '名称、信用代码' }, { kind: 'check', name: 'retired', label: '只看已注销' }], [])
  const list = useList(supervision.firms, { filters })
  const columns: readonly Column<FirmRow>[] = [
    { key: 'name', title: '企业名称', width: 260, always: true }, { key: 'credit_code', title: '统一社会信用代码', width: 185 }, { key: 'phone', title: '单位电话', width: 130 }, { key: 'place_count', title: '在管小区', width: 85, show: (r) => (r.place_count ? <Go to={`/supervision/places?firm_id=${r.firm_id}&q=${encodeURIComponent(r.name)}`}>{r.place_count}</Go> : '0') }, { key: 'area_sum_m2', title: '在管面积', width: 120 }, { key: 'household_sum_count', title: '在管户数', width: 90 }, { key: 'reporting', title: '系统报送', width: 85, show: (r) => (r.reporting ? '是' : '否') }, { key: 'retired', title: '状态', width: 80, show: (r) => <StateTag value={r.retired ? 'over' : 'live'} words={FIRM} tones={{ live: 'good' }} /> }, { key: 'address', title: '地址', width: 180, hidden: true }, { key: 'note', title: '备注', width: 180, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: FirmRow) => <Button size="small" onClick={() => setOpen(r)}>修改</Button> }] : []),
  ]
  const row = open && open !== 'new' ? open : undefined
  return (
    <>
      <ListPage {...list} title="物业企业" name="supervision.firms" columns={columns} row_key="firm_id" excel={may('supervision.register.export') ? supervision.firmsExcel : undefined} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>登记企业</Button> : null} empty={{ text: '没有符合条件的企业' }} />
      {open ? (
        <FormDrawer
          open onClose={close} columns={2} title={row ? `修改 ${row.name}` : '登记物业企业'} call={supervision.saveFirm} loading={save.running} submitError={save.error} fixed={row ? { firm_id: row.firm_id } : { retired: false }}
          fields={[{ name: 'name', wide: true }, { name: 'credit_code', help: '18 位,核对校验位' }, 'phone', { name: 'address', wide: true }, { name: 'note', wide: true }, ...(row ? ['retired' as const] : [])]}
          initial={row ? { name: row.name, credit_code: row.credit_code, phone: row.phone, address: row.address, note: row.note, retired: row.retired } : {}} onSubmit={async (i) => { if (await save.run(i)) close() }}
        />
      ) : null}
    </>
  )
}
