"""DomainError, ROC dates, audit, PDF, spreadsheets, charts: no noun of the domain. Imports nothing of ours."""
