import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { building: '楼栋', community: '小区', house: '房产', public_area: '公共部位', zone: '分区', steward: '管家分工' },
  refusals: {
    'property.name_taken': '已有同名的「{name}」,请换一个名称',
    'property.label_taken': '房号 {label} 在本小区已存在,请核对栋号、单元和室号',
    'property.area_needed': '{label} 未填建筑面积:除车位外都要大于 0,按面积计费以此为准',
    'property.building_has_houses': '楼栋「{name}」下还有 {count} 户,不能删除;请先核对这些房产',
    'property.bad_number': '「{no}」不能作为栋号、单元号或室号:请用数字或字母,不要带横线',
    'property.house_in_use': '房产 {labels} 已有账单、收款或抄表记录,不能撤销;不再使用请改为「停用」',
    'property.steward_gone': '所选的管家已停用,或不是本公司员工;请刷新后重选',
    'property.steward_past': '起始日最早可填 {earliest};更早的分工不再补录',
    'property.too_many_rows': '共 {count} 行,一次最多导出 {max} 行,请缩小筛选范围',
  },
  permissions: {
    'property.house.read': '查看房产',
    'property.house.write': '维护房产',
    'property.house.export': '导出房产',
    'property.community.write': '维护小区',
    'property.building.write': '维护分区与楼栋',
    'property.area.read': '查看公共部位',
    'property.area.write': '维护公共部位',
  },
  states: {
    house_kind: { dwelling: '住宅', shop: '商铺', office: '办公', garage: '车库', storage: '储藏室', bay: '车位' },
    house_state: { unsold: '未售', vacant: '空置', lived_in: '已住', let: '出租', renovating: '装修', disabled: '停用' },
    building_kind: { residential: '住宅', commercial: '商业', mixed: '商住', car_park: '停车场', service: '配套' },
    community_kind: { estate: '小区', park: '园区' },
    start_rule: { delivery_day: '交付日起', next_month: '交付次月起' },
    area_state: { normal: '正常', repairing: '维修中', disabled: '停用' },
    house_field: { state: '状态', kind: '类别', built_area_m2: '建筑面积', inner_area_m2: '套内面积', heated_area_m2: '供热面积', delivered_on: '交付日', label: '房号' },
  },
}
