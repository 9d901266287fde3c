// 设备全寿命成本: the dearest first; each device opens its lines.
import { percent } from '../../../ui/format.ts'
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Figure, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { equipment } from '../../equipment/contract.ts'
import { orders, type EquipmentLife } from '../contract.ts'

const COLUMNS: readonly Column<EquipmentLife>[] = [
  { key: 'no', title: '设备编号', width: 110, always: true }, { key: 'name', title: '名称', width: 150 }, { key: 'category_name', title: '类别', width: 100 }, { key: 'used_on', title: '投用日期', width: 105 }, { key: 'purchase_fen', title: '购置', width: 110 }, { key: 'noted_fen', title: '保养检验外修', width: 115 }, { key: 'material_fen', title: '工单材料', width: 100 }, { key: 'total_fen', title: '合计', width: 115, show: (r) => <MoneyText fen={r.total_fen} strong /> }, { key: 'per_year_fen', title: '平均每年', width: 105 }, { key: 'order_count', title: '报修', width: 60, align: 'right' }, { key: 'run_hours', title: '运行小时', width: 85, align: 'right', show: (r) => r.run_hours ?? '—' }, { key: 'used_bp', title: '利用率', width: 80, align: 'right', show: (r) => percent(r.used_bp) }, { key: 'community_name', title: '小区', width: 90, hidden: true },
]
export default function EquipmentLifePage() {
  const { place_id } = usePlace()
  const may = useMay()
  const tree = useRead(equipment.categories, {}, { stale_ms: 60_000, enabled: may('equipment.device.read') })
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称' }, { kind: 'select', name: 'equipment_category_id', label: '系统或类别', options: (tree.data?.rows ?? []).filter((k) => !k.retired).map((k) => ({ value: k.category_id, label: k.parent_id === null ? k.name : `— ${k.name}` })), loading: tree.loading }], [tree.data, tree.loading])
  const list = useList(orders.equipmentLife, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const all = list.data?.all
  return (
    <ListPage
      {...list} title="设备全寿命成本" name="orders.equipment_life" columns={COLUMNS} row_key="equipment_id" href={(r) => `/equipment/devices/${r.equipment_id}?tab=life`} excel={may('orders.order.export') ? orders.equipmentLifeExcel : undefined} empty={{ text: '没有符合条件的设备' }}
      note={all ? <div className="hy-figures"><Figure label="合计" value={<MoneyText fen={all.total_fen} />} unit="元" /><Figure label="购置" value={<MoneyText fen={all.purchase_fen} />} unit="元" /><Figure label="保养检验外修" value={<MoneyText fen={all.noted_fen} />} unit="元" /><Figure label="工单材料" value={<MoneyText fen={all.material_fen} />} unit="元" /></div> : null}
    />
  )
}
