import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { certCalls, waterCalls } from './contract_certs.ts'
import { Carried, Category, CostKind, Device, DeviceCard, DeviceRow, DocumentKind, FIELDS_MAX, FieldSpec, LabelSize, Standards, State } from './shapes.ts'

export * from './shapes.ts'
export * from './contract_certs.ts'
const Hours = z.string().regex(/^\d{1,9}(\.\d)?$/, '应为小时数,最多一位小数')
export const DeviceFilter = z.object({ q: Text(40).optional(), community_id: Id.optional(), building_id: Id.optional(), category_id: Id.optional(), state: State.optional(), must_stop: z.boolean().optional().meta({ zh: '须停用' }), warranty: z.enum(['in', 'soon', 'out']).optional().meta({ zh: '质保' }), aged: z.boolean().optional().meta({ zh: '超设计年限' }) })
export type DeviceFilter = z.output<typeof DeviceFilter>
const One = Repeatable.extend({ equipment_id: Id })

const ledger = {
  categories: read({ zh: '设备分类', may: 'equipment.device.read', takes: z.object({}), gives: z.object({ rows: z.array(Category) }) }),
  saveCategory: write({
    zh: '保存设备分类', may: 'equipment.setup.write',
    takes: Repeatable.extend({ category_id: Id.optional(), parent_id: Id.nullable().meta({ zh: '所属系统' }), code: z.string().trim().regex(/^[A-Z][A-Z0-9]{1,5}$/, '2 至 6 位大写字母或数字,以字母开头').meta({ zh: '代码' }), name: Needed(20).meta({ zh: '名称' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), fields: z.array(FieldSpec).max(FIELDS_MAX, `最多 ${FIELDS_MAX} 项`).meta({ zh: '技术参数' }), standards: Standards.meta({ zh: '技术标准' }), life_years: z.int().min(1).max(100).nullable().meta({ zh: '设计年限' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ category_id: Id }), refuses: ['equipment.name_taken', 'equipment.code_taken', 'equipment.two_levels', 'equipment.field_twice', 'equipment.category_used'],
  }),
  devices: read({ zh: '设备台账', may: 'equipment.device.read', takes: Paging.extend({ ...DeviceFilter.shape, equipment_ids: z.array(Id).max(200).optional() }), gives: pageOf(DeviceRow).extend({ counts: z.record(State, z.int()) }) }),
  device: read({ zh: '设备档案', may: 'equipment.device.read', takes: z.object({ equipment_id: Id }), gives: Device }),
  /** A scanned label, or the code typed from it. */
  findDevice: read({ zh: '扫码查设备', may: 'equipment.device.read', takes: z.object({ code: Needed(80) }), gives: z.object({ equipment_id: Id }), refuses: ['equipment.code_unknown'] }),
  deviceCard: read({ zh: '设备卡片', may: 'equipment.device.read', takes: z.object({ equipment_id: Id }), gives: DeviceCard }),
  carried: read({ zh: '随身设备清单', may: 'equipment.device.read', takes: z.object({}), gives: z.object({ rows: z.array(Carried) }) }),
  saveDevice: write({
    zh: '保存设备', may: 'equipment.device.write',
    takes: Repeatable.extend({
      equipment_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), category_id: Id.meta({ zh: '类别' }), name: Needed(40).meta({ zh: '名称' }), no: Text(30).optional().meta({ zh: '设备编号' }), place: Needed(60).meta({ zh: '安装位置' }),
      zone_id: Id.nullable().meta({ zh: '分区' }), building_id: Id.nullable().meta({ zh: '楼栋' }), unit_id: Id.nullable().meta({ zh: '单元' }), area_id: Id.nullable().meta({ zh: '公共部位' }), parent_id: Id.nullable().meta({ zh: '上级设备' }), keeper_id: Id.nullable().meta({ zh: '责任人' }),
      maker: Text(40).nullable().meta({ zh: '生产厂家' }), model: Text(40).nullable().meta({ zh: '规格型号' }), serial: Text(40).nullable().meta({ zh: '出厂编号' }), made_on: Day.nullable().meta({ zh: '出厂日期' }), installed_on: Day.nullable().meta({ zh: '安装日期' }), used_on: Day.nullable().meta({ zh: '投用日期' }), warranty_on: Day.nullable().meta({ zh: '质保到期日' }),
      supplier: Text(40).nullable().meta({ zh: '供应商' }), supplier_phone: Text(20).nullable().meta({ zh: '供应商电话' }), purchase_fen: z.int().min(0).nullable().meta({ zh: '购置金额' }), details: z.record(z.string().max(24), Text(100)).optional().meta({ zh: '技术参数' }), standards: Standards.meta({ zh: '技术标准' }), note: Text(300).nullable().meta({ zh: '备注' }),
    }),
    gives: z.object({ equipment_id: Id, no: z.string(), code: z.string() }),
    refuses: ['equipment.no_taken', 'equipment.elsewhere', 'equipment.category_gone', 'equipment.detail_wrong', 'equipment.days_crossed', 'equipment.under_itself', 'equipment.keeper_gone'],
  }),
  setState: write({ zh: '变更设备状态', may: 'equipment.device.write', takes: One.extend({ action: z.enum(['use', 'stop', 'repair', 'scrap']).meta({ zh: '变更为' }), from_on: Day.meta({ zh: '自哪天起' }), reason: Reason }), gives: z.object({ equipment_id: Id, state: State }), refuses: ['equipment.wrong_state', 'equipment.state_before', 'equipment.day_future'] }),
  addPaper: write({ zh: '上传设备资料', may: 'equipment.device.write', takes: One.extend({ kind: DocumentKind, title: Needed(60).meta({ zh: '资料名称' }), file_id: Id.meta({ zh: '文件' }) }), gives: z.object({ document_id: Id }), refuses: ['equipment.no_file', 'equipment.papers_full'] }),
  removePaper: write({ zh: '移除设备资料', may: 'equipment.device.write', takes: One.extend({ document_id: Id }), gives: z.object({ document_id: Id }) }),
  paper: download({ zh: '查看设备资料', may: 'equipment.device.read', takes: z.object({ equipment_id: Id, document_id: Id }) }),
  addCost: write({ zh: '登记设备费用', may: 'equipment.device.write', takes: One.extend({ kind: CostKind, on_day: Day.meta({ zh: '日期' }), amount_fen: z.int().min(1, '应大于 0').meta({ zh: '金额' }), payee: Text(40).nullable().meta({ zh: '收款单位' }), note: Text(200).nullable().meta({ zh: '说明' }) }), gives: z.object({ cost_id: Id }), refuses: ['equipment.day_future'] }),
  undoCost: write({ zh: '撤销设备费用', may: 'equipment.device.write', takes: One.extend({ cost_id: Id, reason: Reason }), gives: z.object({ cost_id: Id }), refuses: ['equipment.cost_undone'] }),
  noteRunning: write({ zh: '抄运行小时', may: 'equipment.running.write', takes: One.extend({ hours: Hours.meta({ zh: '表上小时数' }), replaced: z.boolean().optional().meta({ zh: '换过计时器' }) }), gives: z.object({ total_hours: z.string() }), refuses: ['equipment.hours_back', 'equipment.hours_fast', 'equipment.wrong_state'] }),
  /** Who may be put in charge there. */
  people: read({ zh: '可任责任人', may: 'equipment.device.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),
  devicesExcel: download({ zh: '导出设备台账', may: 'equipment.device.export', takes: DeviceFilter, refuses: ['equipment.too_many_rows'] }),
  deviceLabels: download({ zh: '打印设备标签', may: 'equipment.device.read', takes: DeviceFilter.extend({ equipment_ids: z.array(Id).max(500, '一次最多 500 台').optional(), size: LabelSize }), refuses: ['equipment.nothing_to_print', 'equipment.too_many_rows'] }),
}

export const equipment = contract('equipment', { ...ledger, ...certCalls, ...waterCalls })
/** `equipment.cert_saved` when something was inspected or issued anew. */
export const events = { 'equipment.cert_saved': z.object({ cert_id: Id, equipment_id: Id.nullable(), valid_to_on: Day }) }
