"""What every view shares: context, permission, headers, problems, answers, paging, forms."""
