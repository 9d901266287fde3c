// Fields of the import of houses with their owners (房产与业主), with the titles companies give them.
import { idTail } from './import_houses_row.ts'
import type { ImportFieldSpec } from '../../system/server/index.ts'
import { words as property } from '../../property/words.ts'

const kinds = Object.values(property.states!['house_kind']!)
const states = Object.values(property.states!['house_state']!)

export const HOUSE_FIELDS: readonly ImportFieldSpec[] = [
  { key: 'building', zh: '楼栋', required: false, aliases: ['栋号', '楼号', '幢号', '座号', '楼栋号', '楼宇', '所属楼栋', '栋', '幢', '楼座', '楼栋名称'], note: '如 1、1栋、1号楼。房号写全(1-2-301)时可不填;没有的楼栋会自动新建', example: '1', width: 10 },
  { key: 'unit', zh: '单元', required: false, aliases: ['单元号', '门洞', '梯号', '所属单元'], note: '没有单元可不填', example: '2', width: 10 },
  { key: 'room', zh: '房号', required: true, aliases: ['房间号', '户号', '室号', '房屋编号', '房屋坐落', '房屋地址', '门牌号', '房屋', '房产', '房屋号', '房产编号', '房间', '铺号', '商铺号', '车位号', '住址', '地址'], note: '301,或写全 1-2-301、1栋2单元301、1号楼2单元301室', example: '301', width: 16 },
  { key: 'kind', zh: '房产类别', required: false, aliases: ['房屋类型', '房屋类别', '房产类型', '物业类型', '户型类别', '类别', '类型', '房屋性质', '用途'], note: '留空为住宅', choices: kinds, example: '住宅', width: 12 },
  { key: 'built_area_m2', zh: '建筑面积', required: false, aliases: ['面积', '计费面积', '收费面积', '建面', '产权面积', '房屋面积', '建筑面积(㎡)', '面积(平方米)', '物业面积'], note: '平方米;除车位外新建房产必填', kind: 'number', example: '98.50', width: 12 },
  { key: 'inner_area_m2', zh: '套内面积', required: false, aliases: ['套内建筑面积', '使用面积', '室内面积', '套内'], kind: 'number', example: '', width: 12 },
  { key: 'heated_area_m2', zh: '供热面积', required: false, aliases: ['供暖面积', '采暖面积', '取暖面积', '暖气面积'], kind: 'number', example: '', width: 12 },
  { key: 'floor_no', zh: '楼层', required: false, aliases: ['所在楼层', '层数', '层', '所在层'], note: '留空时由房号推出:301 为 3 层', kind: 'number', example: '', width: 8 },
  { key: 'state', zh: '状态', required: false, aliases: ['房屋状态', '入住状态', '居住状态', '房态', '入住情况', '居住情况'], note: '留空时:有租户为出租,有业主为已住,否则为空置', choices: states, example: '已住', width: 10 },
  { key: 'delivered_on', zh: '交付日期', required: false, aliases: ['交房日期', '交房时间', '入伙日期', '入住日期', '入住时间', '接房日期', '接房时间', '收房日期', '收房时间', '交付时间', '交付日'], note: '如 2024-01-05;业主从这一天起交费', kind: 'day', example: '2024-01-05', width: 14 },
  { key: 'owner', zh: '业主姓名', required: false, aliases: ['业主', '产权人', '户主', '姓名', '业主名称', '客户名称', '客户姓名', '住户姓名', '产权人姓名', '房主', '权利人', '所有权人'], note: '多位业主写在一格,用顿号隔开:张三、李四', example: '张三、李四', width: 20 },
  { key: 'owner_phone', zh: '业主电话', required: false, aliases: ['联系电话', '手机', '手机号', '手机号码', '电话', '联系方式', '移动电话', '业主手机', '业主联系电话', '联系手机', '电话号码', '产权人电话'], note: '与业主按顺序一一对应', example: '13800138000、13900139000', width: 26 },
  { key: 'owner_id', zh: '证件号', required: false, aliases: ['身份证', '身份证号', '身份证号码', '证件号码', '业主身份证', '业主身份证号', '身份证件号', '统一社会信用代码', '业主证件号'], note: '与业主按顺序一一对应;请把单元格设为文本', example: '', width: 24, mask: idTail },
  { key: 'share', zh: '份额', required: false, aliases: ['产权份额', '份额比例', '所占份额', '产权比例', '共有份额', '持有比例'], note: '如 50%、50% 或 1/3、2/3;留空为均等', example: '', width: 14 },
  { key: 'tenant', zh: '租户姓名', required: false, aliases: ['租户', '租客', '承租人', '租客姓名', '承租人姓名', '租户名称', '现租户'], example: '', width: 14 },
  { key: 'tenant_phone', zh: '租户电话', required: false, aliases: ['租客电话', '承租人电话', '租户手机', '租客手机', '租户联系电话', '租户联系方式'], example: '', width: 16 },
  { key: 'plates', zh: '车牌', required: false, aliases: ['车牌号', '车牌号码', '车辆', '车号', '车辆牌照', '业主车牌'], note: '多辆用顿号隔开', example: '', width: 18 },
  { key: 'note', zh: '备注', required: false, aliases: ['说明', '备注说明', '其他'], example: '', width: 24 },
]
