import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { indicator_target: '指标目标' },
  refusals: {
    'analytics.target_past': '目标只能从 {month} 起设:已过月份的评价不再改变。请选本月或以后的月份。',
    'analytics.target_order': '预警线应{where}目标:请对调两个数,或留空其中一个。',
    'analytics.target_rate': '率最高为 100%:请改小目标或预警线。',
    'analytics.target_company': '全公司的目标由管辖全公司的人设定:请选一个您管辖的小区。',
    'analytics.target_same': '与现行的目标相同,没有要保存的。',
  },
  permissions: { 'analytics.cockpit.read': '看经营看板与大屏', 'analytics.cockpit.export': '导出经营看板', 'analytics.target.write': '设定指标目标' },
  states: {
    found_kind: { house: '房产', person: '业户', vehicle: '车辆', bill: '账单', receipt: '收据', contract: '合同' },
    todo: { approval_mine: '待我审批', rule_mine: '待我阅读的制度', run_draft: '待发布出账批次', reversal_asked: '待审批冲销', reopening_asked: '待批准反结账', manual_asked: '待审核手工凭证', difference_mine: '我的对账差异', import_previewed: '导入待确认', houses_in_arrears: '欠费户数', staff_uncertified: '未持证上岗', staff_cert_due: '员工证书将到期', staff_contract_due: '劳动合同将到期', staff_no_contract: '未签劳动合同', reading_suspect: '存疑读数', order_waiting: '待派单工单', order_late: '超时工单', application_deciding: '待审批服务申请', complaint_new: '待分派投诉', complaint_late: '超时投诉', complaint_visit: '待回访投诉', vote_unpublished: '待公布表决结果', round_review: '待审核巡查', round_missed: '今日漏检', finding_mended: '待复查问题', alarm_active: '未确认报警', incident_reported: '待处理安全事件', incident_review: '待审核安全事件', gateway_cert: '网关证书须换发', contract_due: '合同 30 天内到期', contract_over: '合同已到期未续' },
    fees_by: { fee_item: '收费项目', building: '楼栋', community: '小区', steward: '管家', collector: '收费员', month: '月', quarter: '季', year: '年' },
    steward: { nobody: '未安排管家' },
    collector: { nobody: '线上与自动抵扣' },
    indicator_group: { fees: '收费', orders: '报修', care: '投诉', field: '巡查', safety: '安全', base: '基础' },
    indicator: {
      fee_rate: '收缴率', old_rate: '清欠率', taken_fen: '收款(元)', order_respond: '到场及时率', order_in_time: '按时完工率', order_done: '完工率', order_satisfied: '报修满意率', order_rework: '返修率', complaint_count: '投诉件数', complaint_in_time: '投诉按时答复率', complaint_closed: '投诉办结率',
      round_done: '巡查完成率', round_in_time: '巡查按时率', finding_in_time: '问题按时整改率', incident_count: '安全事件', alarm_disposed: '报警处置率', equipment_ok: '设备完好率', certified: '持证率', vacant: '住宅空置率',
    },
    indicator_how: {
      fee_rate: '当月账期的账单:已收 ÷(应收 − 减免),截至现在', old_rate: '当月收回的往期欠费 ÷ 往期应清(月初欠费加期内补出减减免)', taken_fen: '当月入账的收款,冲销与退款已扣', order_respond: '当月报修中按时到场的 ÷ 已到场或已超时的', order_in_time: '当月报修中按时完工的 ÷ 已完工或已超时的', order_done: '当月报修中已完工的 ÷ 受理的(取消、不受理不计)', order_satisfied: '当月报修中评 4 分以上的 ÷ 已评分的', order_rework: '当月报修中返修的 ÷ 完过工的',
      complaint_count: '当月登记的投诉(撤回、不受理、合并的不计;建议、表扬不计)', complaint_in_time: '当月投诉中按时答复的 ÷ 已答复或已超时的', complaint_closed: '当月投诉中已办结的 ÷ 受理的', round_done: '当月到期的巡查任务中完成的 ÷ 应完成的(取消、免检不计)', round_in_time: '当月到期的巡查任务中按时完成的 ÷ 应完成的', finding_in_time: '当月发现的问题中按时整改的 ÷ 已整改或已超时的', incident_count: '当月发生的安全事件(误报作废的不计)', alarm_disposed: '当月设备报警中已处置的 ÷ 全部', equipment_ok: '现在在用的设备 ÷ 在用与维修中的', certified: '现在须持证岗位上证书齐全有效的人 ÷ 须持证的人', vacant: '现在空置的住宅 ÷ 已售且启用的住宅',
    },
    standing: { good: '达标', short: '未达标', warned: '预警', none: '—' },
    target_state: { coming: '待生效', in_force: '执行中', over: '已过' },
    wall: { taken_today: '今日收款', order_new: '今日报修', order_open: '在办工单', order_late: '超时工单', complaint_open: '未办结投诉', round_today: '今日巡查', alarm_open: '未处置报警', incident_open: '未结安全事件', car_inside: '在场车辆', visitor_today: '今日到访' },
    setup: { community: '建立小区', houses: '导入房产与业户', members: '给同事开账号', items: '设收费项目与单价', run: '出第一期账', payment: '收第一笔款' },
    setup_why: {
      community: '填名称和地址即可,楼栋可以由导入自动建立。',
      houses: '直接上传现有的 Excel:对应列,逐格核对,全部正确才入库,可撤销。',
      members: '出账要另一人发布,冲销和减免要另一人审批,至少要有两个账号。',
      items: '例如物业服务费:按面积,1.20 元/㎡·月,从哪天起执行。',
      run: '选账期试算,核对合计与异常,由另一人发布。',
      payment: '按房号找户,勾选,收款,打印收据;全程可用键盘。',
    },
    figure: { receivable_month: '本月应收', received_month: '本月实收', rate_month: '本月账单收缴率', received_today: '今日收款', house_count: '总户数' },
  },
}
