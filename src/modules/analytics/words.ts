import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {},
  permissions: {},
  states: {
    found_kind: { house: '房产', person: '业户', vehicle: '车辆', bill: '账单', receipt: '收据', contract: '合同' },
    todo: { approval_mine: '待我审批', rule_mine: '待我阅读的制度', run_draft: '待发布出账批次', reversal_asked: '待审批冲销', reopening_asked: '待批准反结账', manual_asked: '待审核手工凭证', difference_mine: '我的对账差异', import_previewed: '导入待确认', houses_in_arrears: '欠费户数', staff_uncertified: '未持证上岗', staff_cert_due: '员工证书将到期', staff_contract_due: '劳动合同将到期', staff_no_contract: '未签劳动合同', reading_suspect: '存疑读数', order_waiting: '待派单工单', order_late: '超时工单', application_deciding: '待审批服务申请', complaint_new: '待分派投诉', complaint_late: '超时投诉', complaint_visit: '待回访投诉', vote_unpublished: '待公布表决结果', round_review: '待审核巡查', round_missed: '今日漏检', finding_mended: '待复查问题', alarm_active: '未确认报警', incident_reported: '待处理安全事件', incident_review: '待审核安全事件', gateway_cert: '网关证书须换发', contract_due: '合同 30 天内到期', contract_over: '合同已到期未续' },
    fees_by: { fee_item: '收费项目', building: '楼栋', community: '小区', steward: '管家', collector: '收费员', month: '月', quarter: '季', year: '年' },
    steward: { nobody: '未安排管家' },
    collector: { nobody: '线上与自动抵扣' },
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
