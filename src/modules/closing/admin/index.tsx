import type { AdminModule } from '../../../ui/module.ts'

export const closingAdmin: AdminModule = {
  menu: [
    { group: '财务管理', label: '小区日结', path: '/closing/days', needs: 'closing.day.read' },
    { group: '账务核算', label: '期末结账', path: '/closing/periods', needs: 'closing.period.read', whole: true },
    { group: '财务管理', label: '渠道对账', path: '/closing/recon', needs: 'closing.recon.read', whole: true },
    { group: '财务管理', label: '银行到账', path: '/closing/bank', needs: 'closing.recon.read', whole: true },
    { group: '财务管理', label: '对账差异', path: '/closing/differences', needs: 'closing.recon.read', whole: true },
    { group: '账务核算', label: '凭证导出', path: '/closing/vouchers', needs: 'closing.voucher.read', whole: true },
    { group: '账务核算', label: '账目核验', path: '/closing/sweeps', needs: 'closing.sweep.read', whole: true },
  ],
  routes: [
    { path: '/closing/days', title: '小区日结', needs: 'closing.day.read', page: () => import('./DaysPage.tsx'), help: ['当天过后才能日结;日结后数字定格。', '收款净额须与总账入账一致。', '可按小区一次结清以前所有的日子。'] },
    { path: '/closing/days/$business_day', title: '日结单', needs: 'closing.day.read', page: () => import('./DayPage.tsx') },
    { path: '/closing/periods', title: '期末结账', needs: 'closing.period.read', whole: true, page: () => import('./PeriodsPage.tsx'), help: ['每本账簿按月依次结账,点开看还差什么。', '结账后该月不能再入账;调整记在未结账的月份。', '反结账由一人申请、另一人批准,从最后一个已结月份开始。'] },
    { path: '/closing/periods/$book/$month', title: '期间结账', needs: 'closing.period.read', page: () => import('./PeriodPage.tsx') },
    { path: '/closing/recon', title: '渠道对账', needs: 'closing.recon.read', whole: true, page: () => import('./ReconPage.tsx'), help: ['我方到账、渠道账单、银行到账三方核对,渠道账单取到后半小时内自动进行。', '每个差异有类别、负责人和天数,结清须说明原因或记账更正。', '重新对账不会重复立项;后来补到的会自动配对结清。'] },
    { path: '/closing/differences', title: '对账差异', needs: 'closing.recon.read', whole: true, page: () => import('./DifferencesPage.tsx') },
    { path: '/closing/bank', title: '银行到账', needs: 'closing.recon.read', page: () => import('./BankPage.tsx'), help: ['从网上银行的流水表格复制四列粘贴;同一行重复粘贴不会重复。', '到账按金额与渠道应付配对,七天未配对的立为差异。'] },
    { path: '/closing/vouchers', title: '凭证导出', needs: 'closing.voucher.read', whole: true, page: () => import('./VouchersPage.tsx'), help: ['金蝶、用友及通用表格的凭证导入文件;版式和科目对照可自行设置。', '一张凭证只导出一次;再次下载同一批会标明补导。'] },
    { path: '/closing/vouchers/$batch_id', title: '凭证批次', needs: 'closing.voucher.read', page: () => import('./VoucherBatchPage.tsx') },
    { path: '/closing/voucher-setup', title: '科目对照与版式', needs: 'closing.voucher.read', page: () => import('./VoucherSetupPage.tsx') },
    { path: '/closing/sweeps', title: '账目核验', needs: 'closing.sweep.read', whole: true, page: () => import('./SweepsPage.tsx'), help: ['每夜一点后自动核验全部账目不变量,也可随时发起。', '有不符时列出例子;请联系管理员,不要自行改数据。'] },
  ],
}
