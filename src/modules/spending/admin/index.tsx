import type { AdminModule } from '../../../ui/module.ts'

export const spendingAdmin: AdminModule = {
  menu: [
    { group: '预算收益', label: '支出申请', path: '/spending/requests', needs: 'spending.request.read' },
    { group: '预算收益', label: '预算', path: '/spending/budgets', needs: 'spending.budget.read' },
    { group: '预算收益', label: '公共收益', path: '/spending/incomes', needs: 'spending.income.read' },
    { group: '预算收益', label: '收支表与公示', path: '/spending/statement', needs: 'spending.income.read' },
  ],
  routes: [
    { path: '/spending/requests', title: '支出申请', needs: 'spending.request.read', page: () => import('./RequestsPage.tsx'), help: ['申请时对照预算和异常规则,结果随申请送给审批人。', '批准后由申请人以外的人付款,付款即入账。', '用公共收益或业主资金支出时,由公司账户垫付的记为账簿往来。'] },
    { path: '/spending/budgets', title: '预算', needs: 'spending.budget.read', page: () => import('./BudgetsPage.tsx'), help: ['按小区和科目设全年或单月预算;有单月预算的月份按单月核对。'] },
    { path: '/spending/incomes', title: '公共收益', needs: 'spending.income.read', page: () => import('./IncomesPage.tsx'), help: ['广告、场地、公共用房等收入归业主共有,记入公共收益账簿。', '公共车位等按户出账的收入由收费项目自动记入,不在此登记。'] },
    { path: '/spending/statement', title: '收支表与公示', needs: 'spending.income.read', page: () => import('./StatementPage.tsx'), help: ['收支表由账簿生成,每个数字点开是分录。', '公示后业主在手机上看到的是公示当时的数字。'] },
  ],
}
