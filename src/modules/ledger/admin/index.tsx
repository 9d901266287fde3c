import type { AdminModule } from '../../../ui/module.ts'

export const ledgerAdmin: AdminModule = {
  menu: [
    { group: '账务核算', label: '科目余额表', path: '/ledger/trial', needs: 'ledger.posting.read' },
    { group: '账务核算', label: '凭证', path: '/ledger/journals', needs: 'ledger.posting.read' },
    { group: '账务核算', label: '手工凭证', path: '/ledger/manual', needs: 'ledger.posting.read', whole: true },
    { group: '账务核算', label: '会计科目', path: '/ledger/accounts', needs: 'ledger.posting.read' },
    { group: '账务核算', label: '收费模式', path: '/ledger/models', needs: 'ledger.model.read' },
  ],
  routes: [
    { path: '/ledger/trial', title: '科目余额表', needs: 'ledger.posting.read', page: () => import('./TrialPage.tsx'), help: ['公司、公共收益、维修资金、代管资金、业主资金各有一本账,分开列示。', '每个数字点开是组成它的分录,分录点开是凭证,凭证点开是来源单据。', '已结账月份的数字与结账时一致。'] },
    { path: '/ledger/entries', title: '明细账', needs: 'ledger.posting.read', page: () => import('./EntriesPage.tsx') },
    { path: '/ledger/journals', title: '凭证', needs: 'ledger.posting.read', page: () => import('./JournalsPage.tsx') },
    { path: '/ledger/journals/$journal_id', title: '凭证详情', needs: 'ledger.posting.read', page: () => import('./JournalPage.tsx') },
    { path: '/ledger/manual', title: '手工凭证', needs: 'ledger.posting.read', whole: true, page: () => import('./ManualPage.tsx'), help: ['一人填制,另一人审核后入账。', '应收、预收和账簿往来由业务单据自动记账,不能手工填制。', '已结账的月份不能入账,调整记在未结账的月份。'] },
    { path: '/ledger/accounts', title: '会计科目', needs: 'ledger.posting.read', page: () => import('./AccountsPage.tsx') },
    { path: '/ledger/accounts/$code', title: '科目总账', needs: 'ledger.posting.read', page: () => import('./AccountPage.tsx') },
    { path: '/ledger/models', title: '收费模式', needs: 'ledger.model.read', page: () => import('./ModelsPage.tsx'), help: ['包干制:物业费是公司收入,盈亏归公司。', '酬金制:物业费是业主的钱,记入业主资金账;公司按约定计提酬金。', '从还没有开始的月份起改变;以前出的账单仍记在原来的账簿。'] },
  ],
}
