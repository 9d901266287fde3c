import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { siteplan: '平面图', siteplan_version: '平面图版本', siteplan_pin: '平面图上的点', siteplan_line: '平面图上的路线' },
  refusals: {
    'siteplan.name_taken': '这个小区已经有叫「{name}」的平面图,请换一个名称',
    'siteplan.no_picture': '请上传 PNG 或 JPEG 图片(SVG 会先转成 PNG);上传后两天内由本人使用',
    'siteplan.picture_size': '图片读不出尺寸,或边长不在 {low} 到 {high} 像素之间,请换一张',
    'siteplan.from_before': '生效日不能早于上一版的生效日({day})',
    'siteplan.version_past': '这一版已被新版代替,只供查看;请在现行版上修改',
    'siteplan.mark_or_subject': '图例要选一种图例,其他点要选一个对象',
    'siteplan.pins_full': '一张图最多 {max} 个点,请分成几张图',
    'siteplan.lines_full': '一张图最多 {max} 条路线',
    'siteplan.no_version': '这张图还没有图片,请先上传',
    'siteplan.not_printed': '图片太大,打印没有成功;请换一张边长小一些的图片',
  },
  permissions: { 'siteplan.plan.read': '查看平面图', 'siteplan.plan.write': '维护平面图' },
  states: {
    plan: { site: '全区', floor: '楼层', garage: '车库', room: '机房' },
    version: { now: '现行', future: '待生效', past: '已替换' },
    shown: { fire: '消防设施', device: '智能设备', door: '门', camera: '摄像机', lane: '车行通道', equipment: '设备设施', sign: '警示标识', point: '集合点', building: '楼栋', mark: '图例' },
    subject: { device: '智能设备', door: '门', camera: '摄像机', lane: '车行通道', equipment: '设备与消防设施', sign: '警示标识', point: '集合点', building: '楼栋' },
    mark: { exit: '安全出口', stairs: '疏散楼梯', control: '消防控制室', phone: '消防电话', here: '当前位置', text: '文字' },
    line: { escape: '疏散路线', fire_lane: '消防车通道' },
    now: {
      running: '运行', fault: '故障', offline: '离线', unknown: '未知', maintenance: '检修', open: '门开着', closed: '门关着', unlocked: '常开', online: '在线',
      in_use: '在用', stopped: '停用', repair: '维修中', must_stop: '须停用', good: '完好', damaged: '破损', missing: '缺失', late: '逾期未查', gathering: '正在点名', plain: '',
    },
    level: { notice: '提示', minor: '一般', major: '重要', critical: '紧急' },
  },
}
